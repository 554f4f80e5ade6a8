import type { RefundStatus } from '@shop/contracts';
import type Stripe from 'stripe';
import type { PaymentRefund } from '../domain/payment.ts';
import { metadataKeys } from './payment-of-intent.ts';
import type { StripeCall } from './stripe-calls.ts';

const pageSize = 100;

/** All refunds of a payment, also those that were made in the dashboard. Newest first. */
export async function listRefunds(paymentId: string, call: StripeCall): Promise<PaymentRefund[]> {
  const found: PaymentRefund[] = [];
  let after: string | undefined;
  for (;;) {
    const page = { payment_intent: paymentId, limit: pageSize, ...(after && { starting_after: after }) };
    const { data, has_more: hasMore } = await call('list-refunds', (stripe, options) =>
      stripe.refunds.list(page, options),
    );
    found.push(...data.map(toRefund));
    after = data.at(-1)?.id;
    if (!hasMore || after === undefined) return found;
  }
}

export function toRefund({
  id,
  amount,
  status,
  metadata,
  failure_reason: failure,
}: Stripe.Refund): PaymentRefund {
  const refundId = metadata?.[metadataKeys.refundId];
  return { id, ...(refundId && { refundId }), amount, status: statusOf(status), ...(failure && { failure }) };
}

function statusOf(status: string | null): RefundStatus {
  if (status === 'succeeded') return 'succeeded';
  return status === 'failed' || status === 'canceled' ? 'failed' : 'pending';
}
