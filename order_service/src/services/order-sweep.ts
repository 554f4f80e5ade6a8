import type { OrderRecord, OrderRepository } from '../db/order-repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { SendCheckPaymentMessage } from './broker.service.ts';
import { applyFact, type OrderLifeDeps } from './order-life.ts';

const batch = 50;

/**
 * Looks after orders that nothing happens to: ends those whose time is over, and asks for news of payments whose
 * webhook is late. Any number of instances may sweep at once.
 */
export async function SweepOrders(repo: OrderRepository, deps: OrderLifeDeps): Promise<void> {
  let looked = batch;
  while (looked === batch) looked = await sweepBatch(repo, deps);
}

async function sweepBatch(repo: OrderRepository, deps: OrderLifeDeps): Promise<number> {
  return repo.inTransaction(async (tx) => {
    const due = await repo.lockDue(tx, batch);
    for (const order of due) await sweep(order, repo, tx, deps);
    return due.length;
  });
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
