import { setTimeout as delay } from 'node:timers/promises';
import { type Environment, readSettings, text, url } from '@shop/service-kit';

/** The card is Stripe's own test card, or another to see it refused. */
export const readDemoSettings = (environment: Environment) =>
  readSettings(environment, {
    shopApiUrl: url({ default: `http://127.0.0.1:${environment['STOREFRONT_PORT'] ?? '3000'}/api` }),
    stripeClientUrl: url({ default: `http://127.0.0.1:${environment['FAKE_STRIPE_PORT'] ?? '12111'}` }),
    demoCard: text({ default: 'pm_card_visa' }),
  });

/** A step that did not go as promised; the message says which, what came instead, and what to do. */
export class StepFailed extends Error {
  constructor(step: string, problem: string) {
    super(`${step}: ${problem}`);
    this.name = 'StepFailed';
  }
}

type Body = Readonly<Record<string, unknown>>;

interface Request {
  readonly method?: 'GET' | 'POST';
  readonly path: string;
  readonly body?: object;
  readonly idempotencyKey?: string;
}

const limitMs = 10_000;
/** How long a shop that asks for a retry gets one. */
const retryMs = 20_000;

export type DemoSettings = ReturnType<typeof readDemoSettings>;
export type Shop = ReturnType<typeof createShop>;

/** A storefront's view of the shop: the gateway's REST API, for the caller with a token, and Stripe's for the card. */
export function createShop({ shopApiUrl, stripeClientUrl, demoCard }: DemoSettings, token?: string) {
  return {
    /** @throws StepFailed when the reply has another status */
    expect: (status: number, step: string, { method = 'GET', path, body, idempotencyKey }: Request) => {
      const headers = {
        ...(body && { 'content-type': 'application/json' }),
        ...(token && { authorization: `Bearer ${token}` }),
        ...(idempotencyKey && { 'idempotency-key': idempotencyKey }),
      };
      const init = { method, headers, ...(body && { body: JSON.stringify(body) }) };
      return send(status, step, `${shopApiUrl}${path}`, init);
    },
    /**
     * What Stripe.js does in a browser: confirms the payment with the client secret.
     * @throws StepFailed when Stripe refuses
     */
    payByCard: ({ paymentId, secret, pubKey }: { paymentId: string; secret: string; pubKey: string }) =>
      send(200, 'paid by card', `${stripeClientUrl}/v1/payment_intents/${paymentId}/confirm`, {
        method: 'POST',
        body: new URLSearchParams({ key: pubKey, client_secret: secret, payment_method: demoCard }),
      }),
  };
}

/** Retries as a storefront should: 503 with Retry-After means that nothing was done, and when to try again. */
async function send(status: number, step: string, url: string, init: RequestInit): Promise<Body> {
  const deadline = Date.now() + retryMs;
  for (;;) {
    const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
    const text = await response.text();
    if (response.status === status) return JSON.parse(text);
    const retryAfter = response.status === 503 && Number(response.headers.get('retry-after'));
    if (!retryAfter || Date.now() > deadline)
      throw new StepFailed(step, `expected ${status}, got ${response.status}: ${text}`);
    await delay(retryAfter * 1_000);
  }
}
