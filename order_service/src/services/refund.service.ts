import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import type { LockedOrder } from '../db/order.repository.ts';
import type { RefundRecord } from '../db/refund.repository.ts';
import { planRefund, type RefundRequest } from '../domain/refund.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import { sendCommands } from './broker.service.ts';
import type { ByAdmin, OrderDeps } from './deps.ts';
import { oncePerKey } from './once-per-key.ts';
import { lockOrder, orderCancelled } from './order.service.ts';
import { applyFact, later } from './order-status.service.ts';
import { viewRefund } from './order-view.ts';
import { addRefund, readRefundable, refundCommand } from './refund-facts.ts';
import { followRefunds } from './shipment.service.ts';

export type RefundReply = Schemas['Refund'];

/**
 * Asks for money of a paid order to be given back, and notes what came back for it.
 * @throws Problem `order-not-found`, `order-not-paid`, `order-cancelled`, what `planRefund` says, `request-in-progress`
 * or `idempotency-key-reused`
 */
export async function refundOrder(
  orderNumber: string,
  wanted: RefundRequest & { readonly reason: string },
  request: IdempotentRequest | undefined,
  deps: OrderDeps & ByAdmin,
): Promise<RefundReply> {
  return oncePerKey(request, deps, async (tx) => {
    const order = await lockOrder(orderNumber, tx, deps);
    const refundable = await readRefundable(order, tx);
    requireRefundable(order, wanted, refundable.refunds);
    const plan = { ...planRefund(refundable, wanted), paymentId: String(order.paymentId) };
    const refund = await addRefund(order, { ...plan, reason: wanted.reason }, tx);
    const { id: refundId, paymentId, amount } = refund;
    await applyFact(order, { type: 'refund-asked' }, tx, deps, {
      details: { refundId, amount, currency: order.currency, paymentId },
      dueAt: later(order, deps.config.paymentCheckMs),
    });
    await followRefunds(order, tx, deps);
    await sendCommands(orderNumber, [refundCommand(refund)], tx);
    const details = { orderNumber, before: null, after: { refundId, amount, currency: order.currency } };
    await deps.audit.add(tx, [{ kind: 'refund-asked', ...deps.by, details }]);
    tx.afterCommit(() => deps.metrics.refundChanged('pending'));
    return viewRefund(refund);
  });
}

function requireRefundable(
  order: LockedOrder,
  { lines }: RefundRequest,
  refunds: readonly RefundRecord[],
): void {
  const { status, paymentId } = order;
  if (status === 'completed') return;
  if (status !== 'cancelled') throw problem('order-not-paid');
  // Its pieces went back with the cancellation. Only money can be left, where Stripe could not give it back.
  const hasFailed = refunds.some((refund) => refund.status === 'failed' && refund.paymentId === paymentId);
  if (!hasFailed || lines !== undefined) throw orderCancelled(order);
}
