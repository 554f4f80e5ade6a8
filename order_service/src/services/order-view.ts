import type { User } from '@shop/service-kit';
import type { HistoryRecord, OrderWithHistory, OrderWithItems } from '../db/order.repository.ts';
import type { RefundRecord } from '../db/refund.repository.ts';
import type { ShipmentRecord } from '../db/shipment.repository.ts';
import { refundedAmountOf } from '../domain/refund.ts';
import type { Schemas } from '../generated/openapi.ts';

export type OrderView = Schemas['Order'];

/** An order as its customer sees it. */
export function viewOrder(order: OrderWithItems): OrderView {
  const { orderNumber, customerId, status, reason, fulfilment, amount, currency, paymentId, items } = order;
  const shown = { orderNumber, customerId, status, reason, fulfilment, amount, currency, paymentId, items };
  const shipments = order.shipments.map(viewShipment);
  const [createdAt, updatedAt] = [order.createdAt.toISOString(), order.updatedAt.toISOString()];
  return { ...shown, ...viewCheckout(order), shipments, createdAt, updatedAt };
}

/** An order whose customer gave nothing at checkout looks as it always has. */
function viewCheckout(order: OrderWithItems) {
  const { adjustments, contact, shippingAddress, billingAddress, deliveryMethod } = order;
  if (contact === null || shippingAddress === null || deliveryMethod === null) return { adjustments };
  return { adjustments, contact, shippingAddress, billingAddress, deliveryMethod };
}

export function viewOrderWithHistory(order: OrderWithHistory, user: User): Schemas['OrderWithHistory'] {
  const { history } = order;
  return {
    ...viewOrder(order),
    refunds: order.refunds.map(viewRefund),
    refundedAmount: refundedAmountOf(order),
    ...(user.role === 'admin' && history.some(isOfDispute) && { disputed: true }),
    history: history.filter((entry) => maySee(user, entry)).map(viewHistoryEntry),
  };
}

const isOfDispute = ({ cause }: HistoryRecord) => cause === 'disputed';

/** A dispute is between the shop and the customer's bank. */
export const maySee = ({ role }: User, entry: HistoryRecord) => role === 'admin' || !isOfDispute(entry);

export function viewShipment(shipment: ShipmentRecord): Schemas['Shipment'] {
  const { id, status, carrier, tracking, lines, createdAt, deliveredAt } = shipment;
  const shown = { id, status, carrier, tracking, lines: [...lines] };
  return {
    ...shown,
    createdAt: createdAt.toISOString(),
    deliveredAt: deliveredAt?.toISOString() ?? null,
  };
}

export function viewRefund(refund: RefundRecord): Schemas['Refund'] {
  const { id, paymentId, amount, status, reason, failure, createdAt, updatedAt } = refund;
  const lines = refund.lines.map(({ productId, qty, restock }) => ({ productId, qty, restock }));
  const times = { createdAt: createdAt.toISOString(), updatedAt: updatedAt.toISOString() };
  return { id, paymentId, amount, status, reason, failure, lines, ...times };
}

export function viewHistoryEntry(entry: HistoryRecord): Schemas['HistoryEntry'] {
  const { id, status, cause, details, eventId, createdAt } = entry;
  const more = { ...(details && { details }), ...(eventId !== null && { eventId }) };
  return { id, status, cause, ...more, at: createdAt.toISOString() };
}
