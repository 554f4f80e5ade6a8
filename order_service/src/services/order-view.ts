import type { HistoryRecord, OrderWithHistory, OrderWithItems } from '../db/order.repository.ts';
import type { Schemas } from '../generated/openapi.ts';

export type OrderView = Schemas['Order'];

/** An order as its customer sees it. */
export function viewOrder(order: OrderWithItems): OrderView {
  const { orderNumber, customerId, status, reason, amount, currency, paymentId, items } = order;
  const shown = { orderNumber, customerId, status, reason, amount, currency, paymentId, items };
  return { ...shown, createdAt: order.createdAt.toISOString(), updatedAt: order.updatedAt.toISOString() };
}

export function viewOrderWithHistory(order: OrderWithHistory): Schemas['OrderWithHistory'] {
  return { ...viewOrder(order), history: order.history.map(viewHistoryEntry) };
}

export function viewHistoryEntry(entry: HistoryRecord): Schemas['HistoryEntry'] {
  const { id, status, cause, details, eventId, createdAt } = entry;
  const more = { ...(details && { details }), ...(eventId !== null && { eventId }) };
  return { id, status, cause, ...more, at: createdAt.toISOString() };
}
