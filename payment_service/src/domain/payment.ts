import type { PaymentStatus } from '@shop/contracts';
import { AppError } from '@shop/service-kit';

/** Minor units (cents) of a currency in lower case. */
export interface Money {
  readonly amount: number;
  readonly currency: string;
}

/** Whose payment it is, and for what; kept by the payment provider, for this service keeps nothing. */
export interface PaymentMetadata {
  readonly orderNumber: string;
  readonly customerId: number;
  /** The trace that the order began; absent for older payments. */
  readonly traceparent?: string;
}

/** What the provider says of a payment right now. */
export interface Payment extends Money {
  readonly id: string;
  readonly status: PaymentStatus;
  /** Lets a browser confirm this payment and nothing else; never logged or published. */
  readonly clientSecret: string | null;
  /** Undefined for a payment that is not one of this shop's orders. */
  readonly metadata: PaymentMetadata | undefined;
  /** What tells one failed attempt from the next: the charge, or the error where none was made. */
  readonly failure: string | undefined;
  /** A short JSON text of what the provider said; no card data. */
  readonly log: string;
}

/** The payment of an order, as the rest of the shop may hear of it. */
export type OrderPayment = Payment & {
  readonly metadata: PaymentMetadata;
  /** The refund that did not reach the customer, where that is the news: the money is with the shop again. */
  readonly failedRefund?: string;
};

/** The provider refuses what it was asked for, and will refuse it again. */
export class PaymentRefusedError extends Error {
  constructor(message: string) {
    super(message);
    this.name = 'PaymentRefusedError';
  }
}

/**
 * The provider that moves the money. Every call may be repeated, and may fail with an AppError: `unavailable`
 * while the provider does not answer, `not-found` for a payment that it does not know; or with a
 * {@link PaymentRefusedError}.
 */
export interface PaymentGateway {
  /** The one payment of an order: made by the first call, found by every other. */
  createPayment(amount: Money, metadata: PaymentMetadata): Promise<Payment>;
  getPayment(paymentId: string): Promise<Payment>;
  /** Cancels the payment if it still can be. @returns what it is afterwards, which may be `succeeded`. */
  cancelPayment(paymentId: string): Promise<Payment>;
  /** Gives back all that is left of a succeeded payment, once. @returns what it is afterwards. */
  refundPayment(paymentId: string): Promise<Payment>;
}

export function isOrderPayment(payment: Payment): payment is OrderPayment {
  return payment.metadata !== undefined;
}

/** No money was taken yet, and none will be once it is cancelled. */
export function isOpen({ status }: Payment): boolean {
  return status === 'created' || status === 'failed';
}

export function paymentNotFound(): AppError {
  return new AppError('not-found', 'payment-not-found', 'There is no such payment.');
}
