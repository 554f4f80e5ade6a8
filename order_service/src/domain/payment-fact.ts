import type { EventData } from '@shop/contracts';
import type { Fact } from './order-status.ts';

/**
 * What a payment's news means for an order of that price. Only here is the amount compared: payment_service has
 * no orders.
 */
export function paymentFact(
  payment: EventData<'CREATE_PAYMENT'>,
  order: { readonly amount: number; readonly currency: string },
): Fact {
  const { paymentId, status } = payment;
  const right = payment.amount === order.amount && payment.currency === order.currency;
  if (status === 'succeeded' && !right) return { type: 'payment-mismatched', paymentId };
  return { type: `payment-${status}`, paymentId };
}
