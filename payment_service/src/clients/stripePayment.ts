import type Stripe from 'stripe';
import type { Dispute, Money, Payment, PaymentMetadata, WantedRefund } from '../domain/payment.ts';
import { type PaymentGateway, requirePossible } from '../domain/payment-gateway.ts';
import { problem } from '../problems.ts';
import { metadataKeys, paymentOfIntent } from './payment-of-intent.ts';
import { readPaymentTimeline } from './payment-timeline.ts';
import type { StripeCall } from './stripe-calls.ts';
import { hasCode, inShopTerms } from './stripe-errors.ts';
import { sendOnce } from './stripe-idempotency.ts';
import { listRefunds } from './stripe-refunds.ts';

/** The gateway of a Stripe account. Each of its functions has the total limit of its requests for itself. */
export function createStripeGateway(publishableKey: string, beginCalls: () => StripeCall): PaymentGateway {
  return {
    publishableKey,
    createPayment: (amount, metadata) => inShopTerms(createPayment(amount, metadata, beginCalls())),
    getPayment: (paymentId) => inShopTerms(getPayment(paymentId, beginCalls())),
    cancelPayment: (paymentId) => inShopTerms(cancelPayment(paymentId, beginCalls())),
    getPaymentWithRefunds: (paymentId) => inShopTerms(getPaymentWithRefunds(paymentId, beginCalls())),
    refundPayment: (paymentId, wanted) => {
      const call = beginCalls();
      return inShopTerms(wanted ? makeRefund(paymentId, wanted, call) : refundWhole(paymentId, call));
    },
    getDispute: (disputeId) => inShopTerms(getDispute(disputeId, beginCalls())),
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
  requirePossible(paymentId);
  const expand = ['latest_charge'];
  const intent = await call('retrieve-payment-intent', (stripe, options) =>
    stripe.paymentIntents.retrieve(paymentId, { expand }, options),
  );
  const payment = paymentOfIntent(intent);
  const { latest_charge: charge } = intent;
  // Most payments have none, and need no further request.
  const isRefunded = typeof charge === 'object' && (charge?.amount_refunded ?? 0) > 0;
  return isRefunded ? { ...payment, refunds: await listRefunds(paymentId, call) } : payment;
}

async function getPaymentWithRefunds(paymentId: string, call: StripeCall): Promise<Payment> {
  const payment = await getPayment(paymentId, call);
  const { status, refunds } = payment;
  if (refunds !== undefined || status !== 'succeeded') return payment;
  return { ...payment, refunds: await listRefunds(paymentId, call) };
}

async function getDispute(disputeId: string, call: StripeCall): Promise<Dispute> {
  // It becomes part of a path as well.
  if (!/^\w{1,255}$/.test(disputeId)) throw problem('payment-not-found');
  const dispute = await call('retrieve-dispute', (stripe, options) =>
    stripe.disputes.retrieve(disputeId, {}, options),
  );
  const { id, amount, currency, reason, status, payment_intent: intent } = dispute;
  const { due_by: dueBy } = dispute.evidence_details;
  return {
    id,
    amount,
    currency,
    reason,
    status,
    dueBy: dueBy === null ? null : new Date(dueBy * 1_000).toISOString(),
    payment: await getPayment((typeof intent === 'string' ? intent : intent?.id) ?? '', call),
  };
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

/** For orders of releases that did not say which refund, and for payments that came too late. */
async function refundWhole(paymentId: string, call: StripeCall): Promise<Payment> {
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

/** The key is Stripe's for a day; after that the refund is known by its metadata. */
async function makeRefund(
  paymentId: string,
  { refundId, amount }: WantedRefund,
  call: StripeCall,
): Promise<Payment> {
  const find = async () =>
    (await listRefunds(paymentId, call)).find((refund) => refund.refundId === refundId);
  if ((await find()) === undefined)
    await sendOnce<unknown>({
      key: `refund:${refundId}`,
      send: (idempotencyKey) =>
        call('create-refund', (stripe, options) =>
          stripe.refunds.create(
            { payment_intent: paymentId, amount, metadata: { [metadataKeys.refundId]: refundId } },
            { ...options, idempotencyKey },
          ),
        ),
      findEffect: find,
    });
  return getPaymentWithRefunds(paymentId, call);
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
