import { fields, type PaymentStatus } from '@shop/contracts';
import type Stripe from 'stripe';
import { type Payment, type PaymentMetadata, readTraceparent } from '../domain/payment.ts';
import { problem } from '../problems.ts';

export const metadataKeys = {
  orderNumber: 'order_number',
  customerId: 'customer_id',
  traceparent: 'traceparent',
  refundId: 'refund_id',
} as const;

/**
 * A PaymentIntent, with its `latest_charge` expanded, in the shop's terms.
 * @throws Problem `payment-not-found` when it is not of an order of this shop
 */
export function paymentOfIntent(intent: Stripe.PaymentIntent): Payment {
  const { id, status, amount, currency, last_payment_error: error, latest_charge: charge } = intent;
  return {
    id,
    status: statusOf(intent),
    amount,
    currency,
    clientSecret: intent.client_secret,
    metadata: readMetadata(intent.metadata),
    failure: error?.charge ?? error?.code,
    log: JSON.stringify({
      status,
      error: error?.code,
      declineCode: error?.decline_code,
      charge: typeof charge === 'object' ? charge?.id : charge,
    }),
  };
}

function statusOf(intent: Stripe.PaymentIntent): PaymentStatus {
  const { status, latest_charge: charge, last_payment_error: error } = intent;
  if (status === 'succeeded') {
    const refunded = typeof charge === 'object' && charge?.refunded === true;
    return refunded ? 'refunded' : 'succeeded';
  }
  if (status === 'canceled') return 'cancelled';
  return status === 'requires_payment_method' && error !== null ? 'failed' : 'created';
}

const orderNumberPattern = new RegExp(fields.orderNumber.pattern);

/** The Stripe account may hold payments of other shops: only what this service wrote itself is taken for its own. */
function readMetadata(metadata: Stripe.Metadata): PaymentMetadata {
  const orderNumber = metadata[metadataKeys.orderNumber] ?? '';
  const customerId = metadata[metadataKeys.customerId] ?? '';
  if (!orderNumberPattern.test(orderNumber) || !/^[1-9]\d{0,9}$/.test(customerId))
    throw problem('payment-not-found');
  const traceparent = readTraceparent(metadata[metadataKeys.traceparent]);
  return { orderNumber, customerId: Number(customerId), traceparent };
}
