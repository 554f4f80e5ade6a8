import Stripe from 'stripe';

export interface StripeClientOptions {
  readonly secretKey: string;
  /** Stripe's own, or that of a stand-in. */
  readonly apiUrl: string;
  /** Limit of one call, in milliseconds. */
  readonly timeoutMs?: number;
}

export function createStripeClient({ secretKey, apiUrl, timeoutMs = 10_000 }: StripeClientOptions): Stripe {
  const { protocol, hostname, port } = new URL(apiUrl);
  const secure = protocol === 'https:';
  return new Stripe(secretKey, {
    protocol: secure ? 'https' : 'http',
    host: hostname,
    port: port === '' ? (secure ? 443 : 80) : Number(port),
    timeout: timeoutMs,
    // Beyond the one repeat after a cut connection, which the SDK always does, every repeat is ours and has our key.
    maxNetworkRetries: 0,
    telemetry: false,
  });
}
