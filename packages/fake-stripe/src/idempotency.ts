import { isDeepStrictEqual } from 'node:util';
import { StripeError } from './errors.ts';
import type { ApiRequest } from './request.ts';
import type { StoredReply } from './state.ts';

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

/**
 * The first reply under a key, or undefined when the key is new.
 * @throws StripeError 400 `idempotency_error` when the key came with other parameters
 */
export function findReply({ state, path, params, idempotencyKey: key }: ApiRequest): StoredReply | undefined {
  const stored = state.replies.get(key ?? '');
  if (stored === undefined) return undefined;
  if (stored.path === path && isDeepStrictEqual(stored.params, params)) return stored;
  const message = `The idempotency key ${key} can only be used with the parameters of its first request.`;
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
