import type { LockedOrder } from '../db/order.repository.ts';
import { type RefundRecord, refundRepository } from '../db/refund.repository.ts';
import { type Transaction, withTransaction } from '../db/transaction.ts';
import { type Command, isPaymentOpen } from '../domain/order-status.ts';
import { sendCommands } from './broker.service.ts';
import type { OrderDeps } from './deps.ts';
import { applyFact, later } from './order-status.service.ts';
import { refundCommand } from './refund-facts.ts';

/**
 * Looks after orders that nothing happens to: ends those whose time is over, and asks for news of payments whose
 * webhook is late. Any number of instances may sweep at once. Each order has a transaction of its own: one that fails
 * is passed over until the next sweep, and keeps no other waiting.
 */
export async function sweepOrders(deps: OrderDeps): Promise<void> {
  // Every order that was swept is due later than the first one was found, or never: so the sweep has an end.
  let dueBy: Date | undefined;
  const failed: number[] = [];
  for (;;) {
    const swept: { order?: LockedOrder | undefined } = {};
    try {
      await withTransaction(deps.db, async (tx) => {
        swept.order = await deps.orders.lockDue(tx, dueBy, failed);
        if (swept.order !== undefined) await sweep(swept.order, tx, deps);
      });
      if (swept.order === undefined) return;
      dueBy ??= swept.order.now;
    } catch (error) {
      // Not the fault of any order: the database is unavailable.
      if (swept.order === undefined) throw error;
      const { id, orderNumber } = swept.order;
      failed.push(id);
      deps.logger.error({ err: error, orderNumber }, 'an order could not be swept and will be tried again');
    }
  }
}

async function sweep(order: LockedOrder, tx: Transaction, deps: OrderDeps): Promise<void> {
  if (order.status === 'cancelled' || order.status === 'completed') return followPayment(order, tx, deps);
  const { expiresAt } = order;
  if (expiresAt <= order.now) {
    await applyFact(order, { type: 'window-over' }, tx, deps);
    return;
  }
  await askForNews(order, tx);
  const soon = later(order, deps.config.paymentCheckMs);
  await deps.orders.update(tx, order, { dueAt: new Date(Math.min(soon.getTime(), expiresAt.getTime())) });
}

/**
 * The payment of a cancelled order could not be cancelled, as Stripe was at it already, and may yet succeed: after a
 * bank debit in days; or a refund has not come through. Each pause is as long as the last, so that the questions become few.
 */
async function followPayment(order: LockedOrder, tx: Transaction, deps: OrderDeps): Promise<void> {
  const all = await refundRepository.ofOrder(tx, order.id);
  const pending = all.filter(({ status }) => status === 'pending');
  const isOpen = order.status === 'cancelled' && isPaymentOpen(order);
  if (pending.length > 0) await sendCommands(order.orderNumber, pending.map(askForRefund), tx);
  else if (isOpen) await askForNews(order, tx);
  const since = Math.max(order.updatedAt.getTime(), ...pending.map(({ createdAt }) => createdAt.getTime()));
  const dueAt = later(order, Math.max(deps.config.paymentCheckMs, order.now.getTime() - since));
  await deps.orders.update(tx, order, { dueAt: isOpen || pending.length > 0 ? dueAt : null });
}

/** What was made in the dashboard can only be looked at. */
function askForRefund(refund: RefundRecord): Command {
  const { id, stripeId, paymentId } = refund;
  if (id === stripeId) return { type: 'CHECK_PAYMENT', paymentId, reason: 'no news of this refund yet' };
  return refundCommand(refund);
}

async function askForNews({ orderNumber, paymentId }: LockedOrder, tx: Transaction): Promise<void> {
  if (paymentId === null) return;
  const reason = 'no news of this payment yet';
  await sendCommands(orderNumber, [{ type: 'CHECK_PAYMENT', paymentId, reason }], tx);
}
