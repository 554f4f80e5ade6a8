import type Stripe from 'stripe';
import type { Money, Payment, PaymentMetadata } from '../domain/payment.ts';
import type { PaymentGateway } from '../domain/payment-gateway.ts';
import { problem } from '../problems.ts';
import { metadataKeys, paymentOfIntent } from './payment-of-intent.ts';
import { readPaymentTimeline } from './payment-timeline.ts';
import type { StripeCall } from './stripe-calls.ts';
import { hasCode, inShopTerms } from './stripe-errors.ts';
import { sendOnce } from './stripe-idempotency.ts';

/** The gateway of a Stripe account. Each of its functions has the total limit of its requests for itself. */
export function createStripeGateway(publishableKey: string, beginCalls: () => StripeCall): PaymentGateway {
  return {
    publishableKey,
    createPayment: (amount, metadata) => inShopTerms(createPayment(amount, metadata, beginCalls())),
    getPayment: (paymentId) => inShopTerms(getPayment(paymentId, beginCalls())),
    cancelPayment: (paymentId) => inShopTerms(cancelPayment(paymentId, beginCalls())),
    refundPayment: (paymentId) => inShopTerms(refundPayment(paymentId, beginCalls())),
    readTimeline: (orderNumber, ids) => inShopTerms(readPaymentTimeline(orderNumber, ids, beginCalls())),
  };
}

/** The one PaymentIntent of an order, in its present state, however often it is asked for, and by several at once. */
export async function createPayment(
  amount: Money,
  metadata: PaymentMetadata,
  call: StripeCall,
): Promise<Payment> {
  const parameters = intentParameters(amount, metadata);
  const { id } = await sendOnce<{ id: string }>({
    key: `pi:${metadata.orderNumber}`,
    send: (idempotencyKey) =>
      call('create-payment-intent', (stripe, options) =>
        stripe.paymentIntents.create(parameters, { ...options, idempotencyKey }),
      ),
    findEffect: () => findIntent(metadata.orderNumber, call),
  });
  // A repeated answer shows the PaymentIntent as it was when it was made.
  return getPayment(id, call);
}

export async function getPayment(paymentId: string, call: StripeCall): Promise<Payment> {
  // The id becomes part of a path, and comes from outside.
  if (!/^pi_\w{1,252}$/.test(paymentId)) throw problem('payment-not-found');
  const expand = ['latest_charge'];
  const intent = await call('retrieve-payment-intent', (stripe, options) =>
    stripe.paymentIntents.retrieve(paymentId, { expand }, options),
  );
  return paymentOfIntent(intent);
}

async function cancelPayment(paymentId: string, call: StripeCall): Promise<Payment> {
  try {
    await call('cancel-payment-intent', (stripe, options) =>
      stripe.paymentIntents.cancel(paymentId, {}, options),
    );
  } catch (error) {
    // Paid or cancelled a moment ago: its present state says which.
    if (!hasCode(error, 'payment_intent_unexpected_state')) throw error;
  }
  return getPayment(paymentId, call);
}

async function refundPayment(paymentId: string, call: StripeCall): Promise<Payment> {
  try {
    await sendOnce<unknown>({
      key: `refund:${paymentId}`,
      send: (idempotencyKey) =>
        call('create-refund', (stripe, options) =>
          stripe.refunds.create({ payment_intent: paymentId }, { ...options, idempotencyKey }),
        ),
      findEffect: async () => {
        const payment = await getPayment(paymentId, call);
        return payment.status === 'refunded' ? payment : undefined;
      },
    });
  } catch (error) {
    if (!hasCode(error, 'charge_already_refunded')) throw error;
  }
  return getPayment(paymentId, call);
}

/** A pure function of the order: Stripe refuses a key that comes with other parameters. */
function intentParameters(
  { amount, currency }: Money,
  { orderNumber, customerId, traceparent }: PaymentMetadata,
): Stripe.PaymentIntentCreateParams {
  return {
    amount,
    currency,
    // Also methods that redirect: the storefront gives their `return_url` when it confirms.
    automatic_payment_methods: { enabled: true },
    metadata: {
      [metadataKeys.orderNumber]: orderNumber,
      [metadataKeys.customerId]: String(customerId),
      ...(traceparent !== undefined && { [metadataKeys.traceparent]: traceparent }),
    },
  };
}

/** Newest first; Stripe's search may take a minute to see a new PaymentIntent. */
async function findIntent(orderNumber: string, call: StripeCall): Promise<Stripe.PaymentIntent | undefined> {
  const query = `metadata['${metadataKeys.orderNumber}']:'${orderNumber}'`;
  const { data } = await call('search-payment-intents', (stripe, options) =>
    stripe.paymentIntents.search({ query, limit: 10 }, options),
  );
  return data.find((intent) => intent.status !== 'canceled') ?? data[0];
}
