import type { PaymentStatus } from '@shop/contracts';
import { Counter, Histogram, type Registry } from 'prom-client';

/** How a request to Stripe ended; `not-sent` when it was known to be away, or the time was over. */
export type StripeOutcome = 'succeeded' | 'refused' | 'failed' | 'unreachable' | 'not-sent';

export interface PaymentMetrics {
  published(
    eventId: string,
    payment: { readonly status: PaymentStatus; readonly amount: number; readonly currency: string },
  ): void;
  /** @param durationMs undefined for what was not sent */
  stripeRequest(operation: string, outcome: StripeOutcome, durationMs?: number): void;
  webhookRefused(): void;
  refundFailed(): void;
}

/** So many event ids are remembered, so that a repeat does not count the same money again. */
const remembered = 10_000;

export function createPaymentMetrics(registry: Registry): PaymentMetrics {
  const registers = [registry];
  const published = new Counter({
    name: 'payments_published_total',
    help: 'States of payments that order_service was told, repeats included.',
    labelNames: ['status'] as const,
    registers,
  });
  const amounts = new Counter({
    name: 'payment_amount_total',
    help: 'Minor units in those states; a repeat counts once for each process. Not for the books: Stripe has those.',
    labelNames: ['status', 'currency'] as const,
    registers,
  });
  const requests = new Counter({
    name: 'stripe_requests_total',
    help: 'Requests to Stripe by how they ended.',
    labelNames: ['operation', 'outcome'] as const,
    registers,
  });
  const durations = new Histogram({
    name: 'stripe_request_duration_seconds',
    help: 'Time that Stripe took, or that it was given.',
    labelNames: ['operation'] as const,
    buckets: [0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers,
  });
  const refusedWebhooks = new Counter({
    name: 'stripe_webhook_signature_failures_total',
    help: 'Webhooks that were not signed by Stripe for this endpoint.',
    registers,
  });
  const failedRefunds = new Counter({
    name: 'stripe_refund_failures_total',
    help: 'Webhooks of a refund that did not reach the customer: somebody has to see to it.',
    registers,
  });
  const isNew = createMemory(remembered);
  return {
    published: (eventId, { status, amount, currency }) => {
      published.inc({ status });
      if (isNew(eventId)) amounts.inc({ status, currency }, amount);
    },
    stripeRequest: (operation, outcome, durationMs) => {
      requests.inc({ operation, outcome });
      if (durationMs !== undefined) durations.observe({ operation }, durationMs / 1_000);
    },
    webhookRefused: () => refusedWebhooks.inc(),
    refundFailed: () => failedRefunds.inc(),
  };
}

/** Says whether it has not seen an id before, as far back as it remembers. */
function createMemory(size: number): (id: string) => boolean {
  const seen = new Set<string>();
  return (id) => {
    if (seen.has(id)) return false;
    seen.add(id);
    const [oldest] = seen;
    if (seen.size > size && oldest !== undefined) seen.delete(oldest);
    return true;
  };
}
