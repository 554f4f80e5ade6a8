import type { OrderRecord } from '../db/order-queries.ts';
import type { OrderRepository } from '../db/order-repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { SendCheckPaymentMessage } from './broker.service.ts';
import { applyFact, type OrderLifeDeps } from './order-life.ts';

/**
 * Looks after orders that nothing happens to: ends those whose time is over, and asks for news of payments whose
 * webhook is late. Any number of instances may sweep at once. Each order has a transaction of its own, so that one
 * that fails is passed over, until the next sweep, and keeps no other from its end.
 */
export async function SweepOrders(repo: OrderRepository, deps: OrderLifeDeps): Promise<void> {
  // What is done moves its time beyond this one, or takes it away: so the sweep has an end.
  const dueBy = new Date();
  const failed: number[] = [];
  for (;;) {
    const { order, error } = await sweepNext(dueBy, failed, repo, deps);
    if (order === undefined) return;
    if (error === undefined) continue;
    const { id, orderNumber } = order;
    failed.push(id);
    deps.logger.error({ err: error, orderNumber }, 'an order could not be swept and will be tried again');
  }
}

interface Swept {
  /** None: there is nothing left to do. */
  readonly order?: OrderRecord | undefined;
  readonly error?: unknown;
}

async function sweepNext(
  dueBy: Date,
  except: readonly number[],
  repo: OrderRepository,
  deps: OrderLifeDeps,
): Promise<Swept> {
  const swept: { order?: OrderRecord | undefined } = {};
  try {
    await repo.inTransaction(async (tx) => {
      swept.order = await repo.lockDue(tx, dueBy, except);
      if (swept.order !== undefined) await sweep(swept.order, repo, tx, deps);
    });
    return swept;
  } catch (error) {
    // Not the fault of any order: the database is away.
    if (swept.order === undefined) throw error;
    return { ...swept, error };
  }
}

async function sweep(
  order: OrderRecord,
  repo: OrderRepository,
  tx: Transaction,
  deps: OrderLifeDeps,
): Promise<void> {
  if (order.expiresAt.getTime() <= Date.now()) {
    await applyFact(order, { type: 'window-over' }, repo, tx, deps);
    return;
  }
  if (order.paymentId !== null) await SendCheckPaymentMessage(order.orderNumber, order.paymentId, tx);
  const soon = new Date(Date.now() + deps.paymentCheckMs);
  await repo.update(tx, order, { dueAt: soon < order.expiresAt ? soon : order.expiresAt });
}
