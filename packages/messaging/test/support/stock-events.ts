import { createEvent, encodeEvent, type WireEvent } from '@shop/messaging';

/** The n-th event of an order; its id says so. */
export function stockReserved(orderNumber: string, n = 0): WireEvent {
  return encodeEvent(
    createEvent({
      id: `${orderNumber}:${n}`,
      source: 'catalog_service',
      type: 'STOCK_RESERVED',
      key: orderNumber,
      data: { orderNumber },
    }),
  );
}

/** `order-key-0`, `order-key-1`, … */
export const orderNumbers = (count: number, name = 'order-key') =>
  Array.from({ length: count }, (_, index) => `${name}-${index}`);
