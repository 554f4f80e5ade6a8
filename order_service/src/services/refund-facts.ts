import { randomBytes } from 'node:crypto';
import type { OrderRecord } from '../db/order.repository.ts';
import { type RefundRecord, refundRepository } from '../db/refund.repository.ts';
import { shipmentRepository } from '../db/shipment.repository.ts';
import type { Transaction } from '../db/transaction.ts';
import type { Command } from '../domain/order-status.ts';
import { piecesToRelease, type RefundableOrder, remainingOf } from '../domain/refund.ts';

/** All that the rules of refunds need to know of an order that is locked. */
export async function readRefundable(
  order: OrderRecord,
  tx: Transaction,
): Promise<RefundableOrder & { readonly refunds: readonly RefundRecord[] }> {
  const { amount, currency, paymentId } = order;
  const [items, shipped, refunds] = [
    await refundRepository.itemsOf(tx, order.id),
    await shipmentRepository.shipped(tx, order.id),
    await refundRepository.ofOrder(tx, order.id),
  ];
  return { amount, currency, paymentId, items, shipped, refunds };
}

/** What the cancellation of an order that was paid asks of others: only what no refund has done before. */
export async function commandsOfPaidOrder(
  order: OrderRecord,
  commands: readonly Command[],
  tx: Transaction,
): Promise<Command[]> {
  const refundable = await readRefundable(order, tx);
  const due: Command[] = [];
  for (const command of commands) {
    if (command.type === 'CANCEL_ORDER') {
      const isWhole = refundable.refunds.length === 0 && refundable.shipped.length === 0;
      due.push(isWhole ? command : { ...command, lines: piecesToRelease(refundable) });
    } else if (command.type === 'REFUND_PAYMENT' && command.paymentId === order.paymentId) {
      const { paymentId, reason } = command;
      const amount = remainingOf(refundable);
      const wanted = { paymentId, amount, reason, lines: [] };
      if (amount > 0) due.push(refundCommand(await addRefund(order, wanted, tx)));
    } else due.push(command);
  }
  return due;
}

type Wanted = Pick<RefundRecord, 'paymentId' | 'amount' | 'lines'> & { readonly reason: string };

/** Makes a refund that is to be asked for by its `refundCommand`. */
export function addRefund(order: OrderRecord, wanted: Wanted, tx: Transaction): Promise<RefundRecord> {
  const id = `rf_${randomBytes(10).toString('hex')}`;
  return refundRepository.insert(tx, { id, orderId: order.id, status: 'pending', ...wanted });
}

/** What asks for a refund: payment_service makes it once. */
export const refundCommand = ({ id, paymentId, amount, reason }: RefundRecord): Command => ({
  type: 'REFUND_PAYMENT',
  paymentId,
  reason: reason ?? '',
  refund: { refundId: id, amount },
});
