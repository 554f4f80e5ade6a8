import { createHash } from 'node:crypto';
import { StripeError } from './errors.ts';
import type { Params } from './request.ts';
import { isExpired, type StoredReply, type Tables } from './state.ts';

/** Stripe's own limit on the length of a key. */
const LONGEST_KEY = 255;

export function readIdempotencyKey(header: string | undefined): string | null {
  if (header === undefined || header === '') return null;
  if (header.length <= LONGEST_KEY) return header;
  throw new StripeError(
    400,
    { type: 'invalid_request_error', message: 'Idempotency keys can be at most 255 characters.' },
    { replayable: false },
  );
}

/** The same for the same endpoint and parameters, in whatever order these were sent. */
export function fingerprint(method: string, path: string, params: Params): string {
  return createHash('sha256')
    .update(`${method} ${path}\n${JSON.stringify(sortKeys(params))}`)
    .digest('hex');
}

/**
 * The first reply under a key, or undefined when the key is new or older than 24 hours.
 * @throws StripeError 400 `idempotency_error` when the key came with other parameters
 */
export function findReply(
  tables: Tables,
  key: string,
  print: string,
  now: number,
  path: string,
): StoredReply | undefined {
  const stored = tables.replies.get(key);
  if (!stored || isExpired(stored, now)) return undefined;
  if (stored.fingerprint === print) return stored;
  const message = `Keys for idempotent requests can only be used with the same parameters they were first used with. Try using a key other than '${key}' if you meant to execute a different request to ${path}.`;
  throw new StripeError(400, { type: 'idempotency_error', message }, { replayable: false });
}

/** Runs `work` unless another request with this key is still being answered. */
export async function alone<T>(busy: Set<string>, key: string | null, work: () => Promise<T>): Promise<T> {
  if (key === null) return work();
  if (busy.has(key)) throw keyInUse(key);
  busy.add(key);
  try {
    return await work();
  } finally {
    busy.delete(key);
  }
}

function keyInUse(key: string): StripeError {
  const message = `There is currently another in-progress request using this Idempotent Key: ${key}. Please try again later.`;
  return new StripeError(
    409,
    { type: 'idempotency_error', code: 'idempotency_key_in_use', message },
    { replayable: false },
  );
}

function sortKeys(value: unknown): unknown {
  if (Array.isArray(value)) return value.map(sortKeys);
  if (typeof value !== 'object' || value === null) return value;
  const entries = Object.entries(value).sort(([a], [b]) => (a < b ? -1 : 1));
  return Object.fromEntries(entries.map(([key, inner]) => [key, sortKeys(inner)]));
}
