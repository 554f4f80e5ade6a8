import Stripe from 'stripe';

export interface StripeAccount {
  /** One that may only read PaymentIntents, charges and refunds is enough. */
  readonly secretKey: string;
  readonly apiUrl: string;
}

/** What Stripe says of one payment of an order. */
export interface Payment {
  readonly id: string;
  readonly orderNumber: string;
  readonly status: Stripe.PaymentIntent.Status;
  readonly amount: number;
  readonly currency: string;
  /** The amount of each refund that did not fail. */
  readonly refunds: readonly number[];
  /** Unix seconds. */
  readonly changedAt: number;
}

export type Payments = ReturnType<typeof createPayments>;

const pageSize = 100;
const orderNumberKey = 'order_number';

/** The payments of a Stripe account that belong to orders of the shop. Only reads. */
export function createPayments({ secretKey, apiUrl }: StripeAccount) {
  const { protocol, hostname, port } = new URL(apiUrl);
  const secure = protocol === 'https:';
  const stripe = new Stripe(secretKey, {
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port || (secure ? 443 : 80),
    maxNetworkRetries: 2,
    timeout: 10_000,
    telemetry: false,
  });
  return {
    /** Those that were made since, by the numbers of their orders. @param since in Unix seconds */
    listSince: async (since: number): Promise<ReadonlyMap<string, readonly Payment[]>> => {
      const page = { created: { gte: since }, limit: pageSize };
      const refunds = new Map<string, Stripe.Refund[]>();
      for await (const refund of stripe.refunds.list(page))
        addTo(refunds, idOf(refund.payment_intent), refund);
      const payments = new Map<string, Payment[]>();
      for await (const intent of stripe.paymentIntents.list({ ...page, expand: ['data.latest_charge'] })) {
        const payment = toPayment(intent, refunds.get(intent.id) ?? []);
        if (payment.orderNumber !== '') addTo(payments, payment.orderNumber, payment);
      }
      return payments;
    },
    /** As it is now; undefined when the account does not have it. */
    find: async (id: string): Promise<Payment | undefined> => {
      try {
        const intent = await stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
        const { data } = await stripe.refunds.list({ payment_intent: id, limit: pageSize });
        return toPayment(intent, data);
      } catch (error) {
        if (error instanceof Stripe.errors.StripeInvalidRequestError) return undefined;
        throw error;
      }
    },
  };
}

function addTo<Value>(lists: Map<string, Value[]>, key: string, value: Value): void {
  const list = lists.get(key);
  if (list === undefined) lists.set(key, [value]);
  else list.push(value);
}

const idOf = (given: string | { readonly id: string } | null) =>
  (typeof given === 'string' ? given : given?.id) ?? '';

function toPayment(intent: Stripe.PaymentIntent, all: readonly Stripe.Refund[]): Payment {
  const { id, status, amount, currency, created, metadata, latest_charge: charge } = intent;
  const refunds = all.filter((refund) => refund.status !== 'failed' && refund.status !== 'canceled');
  const times = [created, Object(charge).created ?? 0, ...all.map((refund) => refund.created)];
  return {
    id,
    orderNumber: metadata[orderNumberKey] ?? '',
    status,
    amount,
    currency,
    refunds: refunds.map((refund) => refund.amount),
    changedAt: Math.max(...times),
  };
}
