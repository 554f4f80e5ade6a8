import type Stripe from 'stripe';

/** Some fields of one of the SDK's types, so that what is returned here is what Stripe would return. */
type Fields<T, K extends keyof T> = Readonly<Pick<T, K>>;

/** Amounts are integers in the smallest unit of `currency`; times are Unix seconds. */
export type PaymentIntent = Fields<
  Stripe.PaymentIntent,
  'id' | 'object' | 'amount' | 'created' | 'currency' | 'last_payment_error' | 'next_action' | 'status'
> & {
  /** Absent in journals of earlier releases. */
  readonly automatic_payment_methods?: Stripe.PaymentIntent['automatic_payment_methods'];
  readonly canceled_at?: number;
  readonly client_secret: string;
  readonly latest_charge: string | null;
  readonly metadata: Readonly<Record<string, string>>;
};

export type Charge = Fields<
  Stripe.Charge,
  'id' | 'object' | 'amount' | 'amount_refunded' | 'created' | 'currency' | 'paid' | 'refunded'
> & {
  readonly payment_intent: string;
  /** What becomes of its refunds; at once, if it is absent. */
  readonly refund_outcome?: RefundOutcome;
};

/** Later on a refund that is pending succeeds, or one that has succeeded fails. */
export type RefundOutcome = 'succeeds later' | 'fails later';

export type Refund = Fields<
  Stripe.Refund,
  'id' | 'object' | 'amount' | 'charge' | 'created' | 'currency' | 'status'
> & {
  readonly payment_intent: string;
  /** Absent in journals of earlier releases. */
  readonly metadata?: Readonly<Record<string, string>>;
  readonly failure_reason?: string;
  /** What becomes of it later on. */
  readonly outcome?: RefundOutcome | undefined;
};

export type Dispute = Fields<
  Stripe.Dispute,
  'id' | 'object' | 'amount' | 'created' | 'currency' | 'reason' | 'status'
> & {
  readonly charge: string;
  readonly evidence_details: Pick<Stripe.Dispute.EvidenceDetails, 'due_by'>;
  readonly payment_intent: string;
};

export type EventType = Stripe.Event['type'];

export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly created: number;
  readonly data: { readonly object: PaymentIntent | Charge | Dispute | Refund };
  readonly type: EventType;
}
