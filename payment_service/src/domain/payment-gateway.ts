import type { TimelineEntry } from '@shop/contracts';
import { problem } from '../problems.ts';
import type { Dispute, Money, Payment, PaymentMetadata, WantedRefund } from './payment.ts';

/** The provider refuses what it was asked for, and will refuse it again. */
export class PaymentRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PaymentRefusedError';
  }
}

/**
 * The provider that moves the money; Stripe's is `clients/stripePayment.ts`. Every call may be repeated.
 * @throws Problem `stripe-unavailable` while it does not answer, `stripe-busy` while it takes no more requests, `payment-not-found` for a payment or dispute that it does not
 * know or that is not of this shop, `payment-not-possible` for an amount or currency that it never takes; PaymentRefusedError for what else it
 * refuses
 */
export interface PaymentGateway {
  /** With it a browser confirms a payment at the provider. */
  readonly publishableKey: string;
  /** The one payment of an order: made by the first call, found by every other. */
  createPayment(amount: Money, metadata: PaymentMetadata): Promise<Payment>;
  getPayment(paymentId: string): Promise<Payment>;
  /** The same, with its refunds also if all of them have failed. */
  getPaymentWithRefunds(paymentId: string): Promise<Payment>;
  /** Cancels the payment if it still can be. @returns what it is afterwards, which may be `succeeded`. */
  cancelPayment(paymentId: string): Promise<Payment>;
  /**
   * Gives back what is wanted of a succeeded payment, once; without it all that is left, once.
   * @returns what it is afterwards.
   */
  refundPayment(paymentId: string, wanted?: WantedRefund): Promise<Payment>;
  /** A dispute as it is now, with its payment. */
  getDispute(disputeId: string): Promise<Dispute>;
  /** All that the provider knows of the payments of an order: of these, and of others that it finds. */
  readTimeline(orderNumber: string, paymentIds: readonly string[]): Promise<TimelineEntry[]>;
}

/**
 * Ids come from outside, and become part of a path.
 * @throws Problem `payment-not-found` for what cannot be the id of a payment
 */
export function requirePossible(paymentId: string): void {
  if (!/^pi_\w{1,252}$/.test(paymentId)) throw problem('payment-not-found');
}
