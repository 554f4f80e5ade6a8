import Stripe from 'stripe';
import type { PaymentConfig } from '../config.ts';

type StripeSettings = Pick<PaymentConfig, 'stripeSecretKey' | 'stripeApiUrl'>;

export function createStripeClient({ stripeSecretKey, stripeApiUrl }: StripeSettings): Stripe {
  const { protocol, hostname, port } = new URL(stripeApiUrl);
  const secure = protocol === 'https:';
  return new Stripe(stripeSecretKey, {
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port || (secure ? 443 : 80),
    // Limits of time are those of stripe-calls.ts. Beyond the one repeat after a cut connection, which the SDK
    // always does, every repeat is ours and has our key.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
