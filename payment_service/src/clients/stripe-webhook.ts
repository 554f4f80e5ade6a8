import Stripe from 'stripe';
import type { DisputeHint, PaymentHint } from '../domain/payment.ts';
import type { PaymentMetrics } from '../metrics.ts';
import { problem } from '../problems.ts';

export type ReadWebhook = ReturnType<typeof createWebhookReader>;

/** While a secret is being changed Stripe may sign with the old one or the new one, hence several. */
export function createWebhookReader(stripe: Stripe, secrets: readonly string[], metrics: PaymentMetrics) {
  /**
   * Which payment or dispute a webhook is about; undefined for events that do not concern one.
   * @throws Problem `invalid-signature` unless one of the secrets signed these very bytes within five minutes;
   * `malformed-json` when they are signed and no event all the same
   */
  return (body: Buffer, signature: string): PaymentHint | DisputeHint | undefined => {
    for (const secret of secrets) {
      const event = verify(stripe, body, signature, secret);
      if (event !== undefined) return hintOf(event);
    }
    metrics.refusedWebhooks.inc();
    throw problem('invalid-signature');
  };
}

function verify(stripe: Stripe, body: Buffer, signature: string, secret: string): Stripe.Event | undefined {
  try {
    return stripe.webhooks.constructEvent(body, signature, secret);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return undefined;
    throw noEvent(error);
  }
}

const noEvent = (cause?: unknown) =>
  problem('malformed-json', { detail: 'The body is not a JSON event of Stripe.', cause });

/** Charges say much that is no news here; a refund's events are `refund.*` and, of old, `charge.refund.updated`. */
function hintOf(event: Partial<Stripe.Event> | null): PaymentHint | DisputeHint | undefined {
  const object = event?.data?.object;
  if (object === undefined) return undefined;
  if (typeof object !== 'object' || object === null) throw noEvent();
  if (object.object === 'payment_intent') return { paymentId: object.id };
  if (event?.type === 'charge.refunded' && object.object === 'charge')
    return ofIntent(object.payment_intent, { isAboutRefund: true });
  if (object.object === 'dispute') return { disputeId: object.id };
  if (object.object !== 'refund') return undefined;
  const failed = object.status === 'failed' || object.status === 'canceled';
  return ofIntent(object.payment_intent, {
    isAboutRefund: true,
    ...(failed && { failedRefund: object.id }),
  });
}

function ofIntent(
  intent: string | Stripe.PaymentIntent | null,
  more: Omit<PaymentHint, 'paymentId'>,
): PaymentHint | undefined {
  const paymentId = typeof intent === 'string' ? intent : intent?.id;
  return paymentId === undefined ? undefined : { paymentId, ...more };
}
