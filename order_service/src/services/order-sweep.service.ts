import type { OrderRecord } from '../db/order.repository.ts';
import { type Transaction, withTransaction } from '../db/transaction.ts';
import { sendCommands } from './broker.service.ts';
import type { OrderDeps } from './deps.ts';
import { applyFact } from './order-status.service.ts';

/**
 * Looks after orders that nothing happens to: ends those whose time is over, and asks for news of payments whose
 * webhook is late. Any number of instances may sweep at once. Each order has a transaction of its own: one that fails
 * is passed over until the next sweep, and keeps no other waiting.
 */
export async function sweepOrders(deps: OrderDeps): Promise<void> {
  // Every order that was swept is due later than this, or never: so the sweep has an end.
  const dueBy = new Date();
  const failed: number[] = [];
  for (;;) {
    const swept: { order?: OrderRecord | undefined } = {};
    try {
      await withTransaction(deps.db, async (tx) => {
        swept.order = await deps.orders.lockDue(tx, dueBy, failed);
        if (swept.order !== undefined) await sweep(swept.order, tx, deps);
      });
      if (swept.order === undefined) return;
    } catch (error) {
      // Not the fault of any order: the database is unavailable.
      if (swept.order === undefined) throw error;
      const { id, orderNumber } = swept.order;
      failed.push(id);
      deps.logger.error({ err: error, orderNumber }, 'an order could not be swept and will be tried again');
    }
  }
}

async function sweep(order: OrderRecord, tx: Transaction, deps: OrderDeps): Promise<void> {
  const { orderNumber, paymentId, expiresAt } = order;
  if (expiresAt.getTime() <= Date.now()) {
    await applyFact(order, { type: 'window-over' }, tx, deps);
    return;
  }
  const reason = 'no news of this payment yet';
  if (paymentId !== null) await sendCommands(orderNumber, [{ type: 'CHECK_PAYMENT', paymentId, reason }], tx);
  const soon = new Date(Date.now() + deps.config.paymentCheckMs);
  await deps.orders.update(tx, order, { dueAt: soon < expiresAt ? soon : expiresAt });
}
