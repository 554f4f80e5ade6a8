import { createHash } from 'node:crypto';
import { AppError } from '@shop/service-kit';
import type { IdempotencyRepository, IdempotencyScope } from '../db/idempotency-repository.ts';
import type { Transaction } from '../db/transaction.ts';

/** Lets a request with an Idempotency-Key have its effect once, and gives its repeats the first reply. */
export interface Once<R> {
  /** The reply that was stored for this key and body. */
  earlier(): Promise<R | undefined>;
  /** Runs `work` in the transaction, unless it was run before, and stores its reply with its effect. */
  run(tx: Transaction, work: () => Promise<R>): Promise<R>;
}

/** Without a key every request is a new one. */
export const everyTime: Once<never> = {
  earlier: async () => undefined,
  run: (_tx, work) => work(),
};

/**
 * @param scope whose key it is, and for which route
 * @param body the parsed request body: the same key with another one is an error
 */
export function createOnce<R>(repo: IdempotencyRepository, scope: IdempotencyScope, body: unknown): Once<R> {
  const bodyHash = createHash('sha256').update(canonical(body)).digest('hex');

  async function find(tx?: Transaction): Promise<R | undefined> {
    const stored = await repo.find(scope, tx);
    if (stored === undefined) return undefined;
    if (stored.bodyHash === bodyHash) return stored.reply as R;
    const message = 'This Idempotency-Key was used with another body. Use a new key for a new request.';
    throw new AppError('unprocessable', 'idempotency-key-reused', message);
  }

  return {
    earlier: () => find(),
    run: async (tx, work) => {
      if (!(await repo.tryLock(tx, scope))) {
        const message = 'A request with this Idempotency-Key is being worked on.';
        throw new AppError('conflict', 'request-in-progress', message, { retryAfter: 1 });
      }
      const earlier = await find(tx);
      if (earlier !== undefined) return earlier;
      const reply = await work();
      await repo.store(tx, scope, { bodyHash, reply });
      return reply;
    },
  };
}

/** JSON with sorted keys, so that the order of members does not make another body. */
function canonical(value: unknown): string {
  return JSON.stringify(value ?? null, (_key, member: unknown) =>
    member !== null && typeof member === 'object' && !Array.isArray(member)
      ? Object.fromEntries(Object.entries(member).sort(([a], [b]) => (a < b ? -1 : 1)))
      : member,
  );
}
