import type { EventData } from '@shop/contracts';
import type { LockedOrder } from '../db/order.repository.ts';
import type { Transaction } from '../db/transaction.ts';
import { isNews } from '../domain/dispute.ts';
import type { OrderDeps } from './deps.ts';

/**
 * Writes down how far the dispute of a payment is, once for each status. It changes nothing else of the order, which is
 * locked: the money is Stripe's matter, and the answer to the bank is an operator's.
 */
export async function recordDispute(
  order: LockedOrder,
  { paymentId, disputeId: id, amount, currency, reason, status, dueBy }: EventData<'PAYMENT_DISPUTED'>,
  eventId: string,
  tx: Transaction,
  { disputes, orders, streams, logger }: OrderDeps,
): Promise<void> {
  if (!isNews(await disputes.statusOf(tx, id), status)) return;
  await disputes.save(tx, order.id, id, status);
  const details = { paymentId, amount, currency, dispute: { id, status, reason, dueBy } };
  await orders.update(tx, order, {}, { cause: 'disputed', details, eventId });
  tx.afterCommit(() => {
    const { id: orderId, orderNumber } = order;
    logger.warn({ orderNumber, ...details }, 'a payment is disputed');
    streams.nudge(orderId);
  });
}
