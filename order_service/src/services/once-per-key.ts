import { hasDatabaseCode } from '@shop/service-kit';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import { type Transaction, withTransaction } from '../db/transaction.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from './deps.ts';

type Deps = Pick<OrderDeps, 'db' | 'idempotency'>;

/**
 * Does the work of a request in a transaction, or gives the reply that an earlier one with its key got.
 * @param request undefined without an Idempotency-Key: then every request is a new one
 * @throws Problem what {@link commitOnce} says, `idempotency-key-reused`
 */
export async function oncePerKey<Reply>(
  request: IdempotentRequest | undefined,
  deps: Deps,
  work: (tx: Transaction) => Promise<Reply>,
): Promise<Reply> {
  const earlier = await deps.idempotency.find<Reply>(request);
  return earlier ?? commitOnce(request, deps, work);
}

/**
 * The same when it is known already that there is no earlier reply.
 * @throws Problem `request-in-progress`; `database-unavailable` also when nobody knows whether the work of a request
 * with a key was committed, as a repeat finds out
 */
export async function commitOnce<Reply>(
  request: IdempotentRequest | undefined,
  { db, idempotency }: Deps,
  work: (tx: Transaction) => Promise<Reply>,
): Promise<Reply> {
  try {
    return await withTransaction(db, (tx) => idempotency.once(tx, request, () => work(tx)));
  } catch (error) {
    if (request === undefined || !hasDatabaseCode(error, 'OUTCOME_UNKNOWN')) throw error;
    throw problem('database-unavailable', { cause: error });
  }
}
