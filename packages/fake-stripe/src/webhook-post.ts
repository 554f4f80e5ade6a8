import { type ClientRequest, request as httpRequest } from 'node:http';
import { request as httpsRequest } from 'node:https';
import Stripe from 'stripe';
import type { StripeEvent } from './objects.ts';

export interface WebhookEndpoint {
  readonly url: string;
  /** What the endpoint verifies signatures with (`whsec_…`). */
  readonly secret: string;
}

const TIMEOUT_MS = 10_000;

/**
 * Sends one event, signed now. Resolves with the status, or with the reason when there was none.
 * While it is on its way the request is in `open`, so that it can be cut.
 */
export function postWebhook(
  endpoint: WebhookEndpoint,
  event: StripeEvent,
  open: Set<ClientRequest>,
): Promise<number | string> {
  // Indented as Stripe sends it, so that a receiver that verifies re-serialised JSON fails here as there.
  const payload = JSON.stringify(event, null, 2);
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret: endpoint.secret });
  const send = endpoint.url.startsWith('https:') ? httpsRequest : httpRequest;
  return new Promise((resolve) => {
    const request = send(endpoint.url, {
      method: 'POST',
      agent: false,
      timeout: TIMEOUT_MS,
      headers: {
        'content-type': 'application/json; charset=utf-8',
        'content-length': Buffer.byteLength(payload),
        'stripe-signature': signature,
        'user-agent': 'Stripe/1.0 (+https://stripe.com/docs/webhooks)',
      },
    });
    open.add(request);
    request.on('response', (response) => {
      response.resume();
      resolve(response.statusCode ?? 'no status');
    });
    request.on('timeout', () => request.destroy(new Error('timed out')));
    request.on('error', (error: NodeJS.ErrnoException) => resolve(error.code ?? error.message));
    request.on('close', () => {
      open.delete(request);
      resolve('closed');
    });
    request.end(payload);
  });
}
