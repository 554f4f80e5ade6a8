import { randomUUID } from 'node:crypto';
import type { Customers, Reply } from './customers.ts';

const parcel = { carrier: 'DHL', tracking: '0034' };

export type Merchant = ReturnType<typeof createMerchant>;

/** What the shop's own people do with an order, as administrators and in Stripe's dashboard; and what a bank does there. */
export function createMerchant({ admin, atStripe }: Pick<Customers, 'admin' | 'atStripe'>) {
  /** With a key, so that a repeat after a reply that came too late does nothing. */
  const post = async (path: string, body: object) =>
    (await admin()).call('POST', path, body, { 'idempotency-key': randomUUID() });
  return {
    /** The order as administrators see it. */
    order: async (orderNumber: string): Promise<Reply['body']> =>
      (await (await admin()).call('GET', `/orders/${orderNumber}`)).body,
    /** Of these lines, or all that is left. */
    ship: (orderNumber: string, body: object = {}) =>
      post(`/orders/${orderNumber}/shipments`, { ...parcel, ...body }),
    deliver: async (orderNumber: string, shipmentId: number) =>
      (await admin()).call('PATCH', `/orders/${orderNumber}/shipments/${shipmentId}`, {
        status: 'delivered',
      }),
    /** Of these lines, of this amount, or all that is left. */
    refund: (orderNumber: string, body: object = {}) =>
      post(`/orders/${orderNumber}/refunds`, { reason: 'it came back', ...body }),
    refundInDashboard: (paymentId: string, amount?: number) =>
      atStripe('refunds', { payment_intent: paymentId, ...(amount && { amount: String(amount) }) }),
    dispute: (paymentId: string, reason = 'fraudulent') =>
      atStripe('disputes', { payment_intent: paymentId, reason }),
  };
}
