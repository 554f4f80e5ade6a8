import type { Readable } from 'node:stream';
import { wasNotSent } from '@shop/service-kit';
import type { Request } from 'express';
import { isRepeatable } from './route-table.ts';

/** No service takes a larger body but for a webhook, and those do not come this way. */
const mostKept = 100_000;

/**
 * A request as it goes out, perhaps more than once. Its body is read when a connection is there, so that it is whole for
 * another instance when there is none. It is kept for a repeat only where that is safe.
 */
export function outgoing(req: Request) {
  const repeatable = isRepeatable(req);
  if (!hasBody(req))
    return { body: () => null, mayRepeat: (error: unknown) => repeatable || wasNotSent(error) };
  const keeps = repeatable && Number(req.headers['content-length'] ?? Number.NaN) <= mostKept;
  const kept: Buffer[] = [];
  async function* chunks() {
    yield* kept;
    if (req.readableEnded) return;
    // What is left of it belongs to the caller's connection, which is to get a reply.
    for await (const chunk of req.iterator({ destroyOnReturn: false })) {
      if (keeps) kept.push(chunk);
      yield chunk;
    }
  }
  return {
    // undici takes any async iterable, which its types do not say.
    body: () => chunks() as unknown as Readable,
    mayRepeat: (error: unknown) => wasNotSent(error) || (keeps && req.readableEnded),
  };
}

export const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;
