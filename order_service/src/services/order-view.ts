import type { HistoryEntry, OrderWithHistory, OrderWithItems } from '../db/order-queries.ts';
import type { HistoryEntryView, OrderView, OrderWithHistoryView } from '../schemas/order-replies.ts';

/** An order as its customer sees it. */
export function viewOrder(order: OrderWithItems): OrderView {
  const { orderNumber, customerId, status, reason, amount, currency, paymentId } = order;
  return {
    orderNumber,
    customerId,
    status,
    reason,
    amount,
    currency,
    paymentId,
    items: order.items,
    createdAt: order.createdAt.toISOString(),
    updatedAt: order.updatedAt.toISOString(),
  };
}

export function viewOrderWithHistory(order: OrderWithHistory): OrderWithHistoryView {
  return { ...viewOrder(order), history: order.history.map(viewHistoryEntry) };
}

export function viewHistoryEntry({ id, status, cause, details, createdAt }: HistoryEntry): HistoryEntryView {
  return { id, status, cause, ...(details && { details }), at: createdAt.toISOString() };
}
