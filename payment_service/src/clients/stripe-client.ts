import Stripe from 'stripe';

export interface StripeClientOptions {
  readonly secretKey: string;
  /** Stripe's own, or that of a stand-in. */
  readonly apiUrl: string;
}

export function createStripeClient({ secretKey, apiUrl }: StripeClientOptions): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  const secure = protocol === 'https:';
  return new Stripe(secretKey, {
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    // Limits of time are those of stripe-calls.ts. Beyond the one repeat after a cut connection, which the SDK
    // always does, every repeat is ours and has our key.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
