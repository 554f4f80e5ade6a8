import type { HistoryEntry, OrderWithHistory, OrderWithItems } from '../db/order-repository.ts';

/** An order as its customer sees it. */
export function viewOrder(order: OrderWithItems) {
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

export type OrderView = ReturnType<typeof viewOrder>;

export function viewOrderWithHistory(order: OrderWithHistory) {
  return { ...viewOrder(order), history: order.history.map(viewHistoryEntry) };
}

function viewHistoryEntry({ status, cause, details, createdAt }: HistoryEntry) {
  return { status, cause, ...(details && { details }), at: createdAt.toISOString() };
}
