import type { OrderStatus } from '@shop/contracts';
import type { HistoryCause, HistoryDetails } from './order-status.ts';

/** What an ending needs to know of an entry of an order's history. */
export interface EndingEntry {
  readonly status: OrderStatus;
  readonly cause: HistoryCause;
  readonly details: HistoryDetails | null;
}

export type OrderEnding = ReturnType<typeof createOrderEnding>;

/** Tells from an order's history whether it is over: cancelled, and all that was paid for it is refunded. */
export function createOrderEnding(entries: readonly EndingEntry[]) {
  let isCancelled = false;
  const kept = new Set<string>();
  const add = ({ status, cause, details }: EndingEntry) => {
    isCancelled ||= status === 'cancelled';
    const { paymentId } = details ?? {};
    if (paymentId === undefined) return;
    if (cause === 'payment-succeeded' || cause === 'payment-mismatched') kept.add(paymentId);
    if (cause === 'payment-refunded') kept.delete(paymentId);
  };
  entries.forEach(add);
  return { add, isOver: () => isCancelled && kept.size === 0 };
}
