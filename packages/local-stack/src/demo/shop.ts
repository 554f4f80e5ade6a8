import { setTimeout as delay } from 'node:timers/promises';
import type { DemoSettings } from './settings.ts';

export interface Reply {
  readonly status: number;
  readonly body: Readonly<Record<string, unknown>>;
}

/** A storefront's view of the shop: the gateway's REST API, and Stripe's for the card. */
export interface Shop {
  readonly url: string;
  call(
    method: string,
    path: string,
    body?: unknown,
    headers?: Readonly<Record<string, string>>,
  ): Promise<Reply>;
  /** What Stripe.js does in a browser: confirms the payment with the client secret. */
  payByCard(payment: { paymentId: string; secret: string; pubKey: string }): Promise<Reply>;
}

const limitMs = 10_000;
/** How long a shop that asks to be tried again is believed. */
const patienceMs = 20_000;

export function createShop({ apiUrl, stripeUrl, card }: DemoSettings): Shop {
  return {
    url: apiUrl,
    call: (method, path, body, headers = {}) =>
      patiently(`${apiUrl}${path}`, {
        method,
        headers: { ...(body !== undefined && { 'content-type': 'application/json' }), ...headers },
        ...(body !== undefined && { body: JSON.stringify(body) }),
      }),
    payByCard: ({ paymentId, secret, pubKey }) =>
      request(`${stripeUrl}/v1/payment_intents/${paymentId}/confirm`, {
        method: 'POST',
        body: new URLSearchParams({ key: pubKey, client_secret: secret, payment_method: card }),
      }),
  };
}

/** As a storefront should: 503 with Retry-After means that nothing was done, and when to ask again. */
async function patiently(url: string, init: RequestInit): Promise<Reply> {
  const deadline = Date.now() + patienceMs;
  for (;;) {
    const reply = await request(url, init);
    if (reply.status !== 503 || reply.retryAfter === null || Date.now() > deadline) return reply;
    await delay(reply.retryAfter * 1_000);
  }
}

async function request(
  url: string,
  init: RequestInit,
): Promise<Reply & { readonly retryAfter: number | null }> {
  const response = await fetch(url, { ...init, signal: AbortSignal.timeout(limitMs) });
  const text = await response.text();
  const retryAfter = response.headers.get('retry-after');
  return {
    status: response.status,
    body: text === '' ? {} : JSON.parse(text),
    retryAfter: retryAfter === null ? null : Number(retryAfter),
  };
}
