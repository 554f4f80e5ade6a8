import type { PaymentStatus, RefundStatus } from '@shop/contracts';

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
  readonly traceparent?: string | undefined;
}

/** What the provider says of a payment right now. */
export interface Payment extends Money {
  readonly id: string;
  readonly status: PaymentStatus;
  /** Lets a browser confirm this payment and nothing else; never logged or published. */
  readonly clientSecret: string | null;
  readonly metadata: PaymentMetadata;
  /** What tells one failed attempt from the next: the charge, or the error where none was made. */
  readonly failure: string | undefined;
  /** A short JSON text of what the provider said; no card data. */
  readonly log: string;
  /** All that was given back, or is to be; undefined where nobody looked, as nothing was. */
  readonly refunds?: readonly PaymentRefund[] | undefined;
}

/** What the provider says of a refund, however it was made. */
export interface PaymentRefund {
  /** The provider's; undefined of one that it has refused. */
  readonly id?: string;
  /** Of one that the shop asked for. */
  readonly refundId?: string;
  readonly amount: number;
  readonly status: RefundStatus;
  readonly failure?: string;
}

/** A refund that the shop asks for: the same one, however often it does. */
export interface WantedRefund {
  readonly refundId: string;
  readonly amount: number;
}

/** No money can be taken any more, or it was taken already. */
export const isEnded = (status: PaymentStatus) =>
  status === 'succeeded' || status === 'cancelled' || status === 'refunded';

/** What a webhook makes worth a look: nothing of it is believed but which payment, and that a refund failed. */
export interface PaymentHint {
  readonly paymentId: string;
  /** It is about a refund: those that have failed show in no other way. */
  readonly isAboutRefund?: boolean;
  /** A refund that did not reach the customer: the money is with the shop again. */
  readonly failedRefund?: string;
}

/** What a webhook says of a dispute: that there may be news of it. */
export interface DisputeHint {
  readonly disputeId: string;
}

/** The customer's bank wants the money of a payment back, or has it already. */
export interface Dispute extends Money {
  readonly id: string;
  readonly payment: Payment;
  /** The provider's word. */
  readonly reason: string;
  /** The provider's word, which may be a new one. */
  readonly status: string;
  /** Until when the bank takes an answer (RFC 3339); null when it takes none. */
  readonly dueBy: string | null;
}

/** What the rest of the shop is told of a payment. */
export type PaymentNews = Payment & Pick<PaymentHint, 'failedRefund'>;

const wellFormed = /^00-(?!0{32})[0-9a-f]{32}-(?!0{16})[0-9a-f]{16}-[0-9a-f]{2}$/;

/**
 * A W3C trace context as it came from elsewhere; undefined unless it is well-formed. What is kept with a payment must
 * be a pure function of the order, so nothing is put in its place.
 */
export function readTraceparent(value: string | null | undefined): string | undefined {
  return wellFormed.test(value ?? '') ? (value ?? undefined) : undefined;
}
