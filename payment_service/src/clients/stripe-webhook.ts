import { AppError } from '@shop/service-kit';
import Stripe from 'stripe';

/**
 * The id of the PaymentIntent that a webhook is about; undefined for events that do not concern one.
 * @throws AppError `invalid-signature` unless one of the secrets signed these very bytes within five minutes
 */
export type ReadWebhook = (body: Buffer, signature: string) => string | undefined;

/** While a secret is being changed Stripe may sign with the old one or the new one, hence several. */
export function createWebhookReader(stripe: Stripe, secrets: readonly string[]): ReadWebhook {
  return (body, signature) => {
    for (const secret of secrets) {
      const event = verify(stripe, body, signature, secret);
      if (event !== undefined) return paymentIdOf(event);
    }
    throw new AppError('invalid', 'invalid-signature', 'This was not signed by Stripe for this endpoint.');
  };
}

function verify(stripe: Stripe, body: Buffer, signature: string, secret: string): Stripe.Event | undefined {
  try {
    return stripe.webhooks.constructEvent(body, signature, secret);
  } catch (error) {
    if (error instanceof Stripe.errors.StripeSignatureVerificationError) return undefined;
    throw error;
  }
}

function paymentIdOf({ type, data: { object } }: Stripe.Event): string | undefined {
  if (object.object === 'payment_intent') return object.id;
  if (type !== 'charge.refunded' || object.object !== 'charge') return undefined;
  const { payment_intent: intent } = object;
  return typeof intent === 'string' ? intent : intent?.id;
}
