import { StripeError } from './errors.ts';
import type { PaymentIntent } from './objects.ts';
import { optionalText, type Params } from './params.ts';
import type { ApiRequest } from './request.ts';

export type Caller = 'secret-key' | 'publishable-key';

/** Who calls: the key comes as Bearer, as the user name of Basic, or as Stripe.js sends it, in `key`. */
export function identify(authorization: string | undefined, params: Params): Caller {
  const key = readKey(authorization) ?? optionalText(params, 'key');
  if (key === undefined) throw unauthorized('You did not provide an API key.');
  if (/^sk_test_\w+$/.test(key)) return 'secret-key';
  if (/^pk_test_\w+$/.test(key)) return 'publishable-key';
  throw unauthorized(`Invalid API Key provided: ${mask(key)}`);
}

export function refusePublishableKey(): StripeError {
  return new StripeError(
    403,
    {
      type: 'invalid_request_error',
      code: 'secret_key_required',
      message: 'This API call cannot be made with a publishable API key. Please use a secret API key.',
    },
    { replayable: false },
  );
}

/** A publishable key opens one PaymentIntent: the one whose client secret comes with it. */
export function checkClientSecret({ params, state, target }: ApiRequest): void {
  const intent = state.payment_intents.get(target);
  if (intent && optionalText(params, 'client_secret') === intent.client_secret) return;
  const message = 'The client_secret provided does not match any associated PaymentIntent.';
  throw new StripeError(
    400,
    {
      type: 'invalid_request_error',
      code: 'payment_intent_invalid_parameter',
      param: 'client_secret',
      message,
    },
    { replayable: false },
  );
}

const PUBLIC_FIELDS = [
  'id',
  'object',
  'amount',
  'automatic_payment_methods',
  'canceled_at',
  'capture_method',
  'client_secret',
  'confirmation_method',
  'created',
  'currency',
  'description',
  'last_payment_error',
  'livemode',
  'next_action',
  'payment_method',
  'payment_method_types',
  'processing',
  'receipt_email',
  'setup_future_usage',
  'shipping',
  'status',
] as const satisfies readonly (keyof PaymentIntent)[];

/** The reply as a browser may see it: a PaymentIntent, alone or inside an error, without its inner fields. */
export function publicView(body: object): object {
  if ('object' in body && body.object === 'payment_intent') return publicIntent(body as PaymentIntent);
  if (!('error' in body)) return body;
  const error = body.error as { payment_intent?: PaymentIntent };
  if (!error.payment_intent) return body;
  return { error: { ...error, payment_intent: publicIntent(error.payment_intent) } };
}

function publicIntent(intent: PaymentIntent): object {
  return Object.fromEntries(PUBLIC_FIELDS.map((field) => [field, intent[field]]));
}

function readKey(authorization: string | undefined): string | undefined {
  const [scheme = '', value = ''] = authorization?.trim().split(/\s+/) ?? [];
  if (/^bearer$/i.test(scheme)) return value;
  if (/^basic$/i.test(scheme)) return Buffer.from(value, 'base64').toString('utf8').split(':')[0];
  return undefined;
}

function mask(key: string): string {
  return key.length > 12 ? `${key.slice(0, 8)}****${key.slice(-4)}` : '****';
}

function unauthorized(message: string): StripeError {
  return new StripeError(401, { type: 'invalid_request_error', message }, { replayable: false });
}
