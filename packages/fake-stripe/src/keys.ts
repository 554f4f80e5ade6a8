import type { Request } from 'express';
import { StripeError } from './errors.ts';
import { optionalText } from './params.ts';
import type { ApiRequest } from './request.ts';

/**
 * Refuses a request without a test key. The key is the bearer token or the user of Basic, or, as Stripe.js sends it,
 * the parameter `key`. A publishable key opens `publishable` routes, for the payment whose client secret comes with it.
 * @returns whether the key was a publishable one
 */
export function checkKey(req: Request, request: ApiRequest, publishable: boolean): boolean {
  const key = keyOf(req.get('authorization')) ?? optionalText(request.params, 'key') ?? '';
  if (/^sk_test_\w+$/.test(key)) return false;
  if (!/^pk_test_\w+$/.test(key)) {
    throw new StripeError(401, { type: 'invalid_request_error', message: 'Invalid API Key provided.' });
  }
  if (!publishable) {
    const message = 'This API call cannot be made with a publishable API key.';
    throw new StripeError(403, { type: 'invalid_request_error', code: 'secret_key_required', message });
  }
  checkClientSecret(request);
  return true;
}

export function checkClientSecret({ id, params, state }: ApiRequest): void {
  const intent = state.payment_intents.get(id);
  if (intent !== undefined && intent.client_secret === params['client_secret']) return;
  const message = 'The client_secret provided does not match any associated PaymentIntent.';
  const code = 'payment_intent_invalid_parameter';
  throw new StripeError(400, { type: 'invalid_request_error', code, param: 'client_secret', message });
}

/** What Stripe does not show to a browser. */
const hidden: ReadonlySet<string> = new Set(['metadata', 'latest_charge']);

/** The body as the holder of a publishable key may see it. */
export function publicView(body: object): object {
  return JSON.parse(JSON.stringify(body, (field, value) => (hidden.has(field) ? undefined : value)));
}

function keyOf(authorization = ''): string | undefined {
  const [scheme = '', value = ''] = authorization.split(' ');
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString().split(':')[0];
  return undefined;
}
