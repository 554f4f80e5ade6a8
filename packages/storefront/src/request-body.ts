import type { Readable } from 'node:stream';
import { wasNotSent } from '@shop/service-kit';
import type { Request } from 'express';
import { isRepeatable } from './route-table.ts';

/** No service takes a larger body but for a webhook, and those do not come this way. */
const mostKept = 100_000;

/** A request as it goes out, perhaps more than once. */
export async function outgoing(req: Request) {
  const repeatable = isRepeatable(req);
  const mayRepeat = (error: unknown) => repeatable || wasNotSent(error);
  if (!hasBody(req)) return { body: () => null, mayRepeat, isWhole: true };
  if (Number(req.headers['content-length'] ?? Number.NaN) <= mostKept) {
    const whole = await readWhole(req);
    return { body: () => whole, mayRepeat, isWhole: true };
  }
  // Read when a connection is there, so that it is whole for another instance when there is none. What nobody reads of it
  // belongs to the caller's connection, which is to get a reply.
  const chunks = { [Symbol.asyncIterator]: () => req.iterator({ destroyOnReturn: false }) };
  // undici takes any async iterable, which its types do not say.
  return { body: () => chunks as unknown as Readable, mayRepeat: wasNotSent, isWhole: false };
}

export const hasBody = ({ headers }: Request) =>
  headers['transfer-encoding'] !== undefined || Number(headers['content-length'] ?? 0) > 0;

function readWhole(req: Request): Promise<Buffer> {
  const chunks: Buffer[] = [];
  return new Promise((resolve, reject) => {
    req.on('data', (chunk) => chunks.push(chunk));
    req.once('end', () => resolve(Buffer.concat(chunks)));
    req.once('error', reject);
  });
}
