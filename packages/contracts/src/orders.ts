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
  'refunded',
] as const;
export type CancelReason = (typeof cancelReasons)[number];

/** What payment_service says of a PaymentIntent. */
export const paymentStatuses = ['created', 'succeeded', 'failed', 'cancelled', 'refunded'] as const;
export type PaymentStatus = (typeof paymentStatuses)[number];

/** What becomes of a refund. One that has succeeded can fail all the same, when the customer's bank sends it back. */
export const refundStatuses = ['pending', 'succeeded', 'failed'] as const;
export type RefundStatus = (typeof refundStatuses)[number];
