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
> & { readonly payment_intent: string };

export type Refund = Fields<
  Stripe.Refund,
  'id' | 'object' | 'amount' | 'charge' | 'created' | 'currency' | 'status'
> & { readonly payment_intent: string };

export type EventType = Stripe.Event['type'];

export interface StripeEvent {
  readonly id: string;
  readonly object: 'event';
  readonly created: number;
  readonly data: { readonly object: PaymentIntent | Charge };
  readonly type: EventType;
}
