export const orderStatuses = ['pending', 'processing', 'completed', 'cancelled'] as const;
export type OrderStatus = (typeof orderStatuses)[number];

/** Those of orders that wait for something; there are never many of them. */
export const openOrderStatuses = ['pending', 'processing'] as const satisfies readonly OrderStatus[];

/** Why an order ended without its goods. */
export const cancelReasons = [
  'out-of-stock',
  'stock-timeout',
  'payment-expired',
  'payment-cancelled',
  'by-customer',
  'by-admin',
] as const;
export type CancelReason = (typeof cancelReasons)[number];

/** What payment_service says of a PaymentIntent. */
export const paymentStatuses = ['created', 'succeeded', 'failed', 'cancelled', 'refunded'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];
