import { type PaymentFacts, paymentFactsSchema } from '@shop/contracts';
import { createHttpClient, type Metrics } from '@shop/service-kit';
import { Ajv } from 'ajv';

export type PaymentClient = ReturnType<typeof createPaymentClient>;

/** What Stripe refuses to look for; it has to fit a path. */
const longestId = 255;

export function createPaymentClient(urls: readonly string[], metrics: Metrics, token: () => string) {
  const unavailable = (cause: unknown) =>
    new Error('payment_service does not say what Stripe says', { cause });
  // Stripe is asked behind it, and nobody waits for an event.
  const http = createHttpClient({
    name: 'payment_service',
    urls,
    metrics,
    unavailable,
    attemptMs: 4_000,
    totalMs: 5_000,
  });
  const isFacts = new Ajv().compile<PaymentFacts>(paymentFactsSchema);
  return {
    /**
     * What Stripe says of a payment now; undefined when it knows none of this shop by that id.
     * @param allRefunds also those that have failed, where no other was made
     * @throws Error when payment_service or Stripe does not answer
     */
    read: async (paymentId: string, allRefunds: boolean): Promise<PaymentFacts | undefined> => {
      if (paymentId.length > longestId) return undefined;
      const path = `/payments/${encodeURIComponent(paymentId)}${allRefunds ? '?refunds=all' : ''}`;
      const { status, body } = await http.send({
        method: 'GET',
        path,
        headers: { authorization: `Bearer ${token()}` },
      });
      if (status === 200 && isFacts(body)) return body;
      // Not any 404: a payment_service of the release before has no such route.
      if (status === 404 && (body as { code?: unknown }).code === 'payment-not-found') return undefined;
      throw unavailable(new Error(`unexpected reply with status ${status}`));
    },
  };
}
