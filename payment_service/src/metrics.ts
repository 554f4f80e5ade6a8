import { createCounter, createHistogram, type Registry } from '@shop/service-kit';
import type { Payment } from './domain/payment.ts';

/** How a request to Stripe ended; `not-sent` when it was known to be unavailable, or the time was over. */
export type StripeOutcome = 'succeeded' | 'refused' | 'failed' | 'unreachable' | 'not-sent';

export type PaymentMetrics = ReturnType<typeof createPaymentMetrics>;

/** So many event ids are remembered, so that a repeat does not count the same money again. */
const remembered = 10_000;

export function createPaymentMetrics(registry: Registry) {
  const published = createCounter(registry, {
    name: 'payments_published_total',
    help: 'States of payments that order_service was told, repeats included.',
    labelNames: ['status'],
  });
  const amounts = createCounter(registry, {
    name: 'payment_amount_total',
    help: 'Minor units in those states; a repeat counts once for each process. Not for the books: Stripe has those.',
    labelNames: ['status', 'currency'],
  });
  const isNew = createMemory();
  return {
    published: (eventId: string, { status, amount, currency }: Payment) => {
      published.inc({ status });
      if (isNew(eventId)) amounts.inc({ status, currency }, amount);
    },
    stripeRequests: createCounter(registry, {
      name: 'stripe_requests_total',
      help: 'Requests to Stripe by how they ended.',
      labelNames: ['operation', 'outcome'],
    }),
    stripeDurations: createHistogram(registry, {
      name: 'stripe_request_duration_seconds',
      help: 'Time that Stripe took, or that it was given.',
      labelNames: ['operation'],
      buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    }),
    refusedWebhooks: createCounter(registry, {
      name: 'stripe_webhook_signature_failures_total',
      help: 'Webhooks that were not signed by Stripe for this endpoint.',
    }),
    failedRefunds: createCounter(registry, {
      name: 'stripe_refund_failures_total',
      help: 'Webhooks of a refund that did not reach the customer: an operator has to act.',
    }),
  };
}

/** Says whether it has not seen an id before, as far back as it remembers. */
function createMemory(): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > remembered && oldest !== undefined) seen.delete(oldest);
    return true;
  };
}
