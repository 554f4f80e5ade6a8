import {
  pathsBeyondUtf8,
  refusedTokens,
  unknownRoutes,
  unreadableBodies,
  unreadablePaths,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import { type BadBody, type Case, inPrototype, type Row, refused, refusedBodies, type World } from './row.ts';

const orderNumbers: readonly BadBody[] = [
  ['no body', undefined, ['orderNumber']],
  ['null', null, ['orderNumber']],
  ['a text', 'ORDER-NUMBER', ['orderNumber']],
  ['a list', ['ORDER-NUMBER'], ['orderNumber']],
  ['no members at all', {}, ['orderNumber']],
  ['in the prototype', inPrototype({ orderNumber: 'ORDER-NUMBER' }), ['orderNumber']],
  ...[
    ['a list of one', ['ORDER-NUMBER']],
    ['a number', 12_345_678],
    ['nothing', null],
    ['an object', { toString: 'ORDER-NUMBER' }],
    ['empty', ''],
    ['of 7 characters', 'ORDER-1'],
    ['of 65 characters', 'x'.repeat(65)],
    ['with a space', 'ORDER NUMBER'],
    ['with a line break after it', 'ORDER-NUMBER\n'],
    ['with NUL', 'ORDER\0NUMBER'],
    ['with a path', '../../products'],
    ['of emoji', '😀😀😀😀'],
    ['that turns the direction of writing', '\u202eREBMUN-REDRO'],
  ].map(([name, orderNumber]): BadBody => [`orderNumber ${name}`, { orderNumber }, ['orderNumber']]),
];

const absent = '404 order-not-found';
const of = (orderNumber: (world: World) => string) => ({
  body: (world: World) => ({ orderNumber: orderNumber(world) }),
});

const payments: readonly Case[] = [
  ['no such order', 'POST /create-payment', absent, { body: { orderNumber: 'NO-SUCH-ORDER' } }],
  [
    'a member that every object has',
    'POST /create-payment',
    absent,
    { body: { orderNumber: 'constructor' } },
  ],
  [
    'the order of somebody else',
    'POST /create-payment',
    absent,
    { as: 'stranger', ...of(({ processingOrder }) => processingOrder) },
  ],
  [
    'the order of somebody else, by the admin',
    'POST /create-payment',
    absent,
    { as: 'admin', ...of(({ processingOrder }) => processingOrder) },
  ],
  [
    'an order that is paid',
    'POST /create-payment',
    '409 order-completed',
    of(({ completedOrder }) => completedOrder),
  ],
  [
    'a cancelled order',
    'POST /create-payment',
    '409 order-cancelled',
    of(({ cancelledOrder }) => cancelledOrder),
  ],
  [
    'the payment of somebody else',
    ({ paymentId }) => `POST /verify-payment/${paymentId}`,
    '404 payment-not-found',
    { as: 'stranger' },
  ],
  [
    'verification with a body that is no JSON',
    ({ paymentId }) => `POST /verify-payment/${paymentId}`,
    '415 unsupported-media-type',
    { raw: 'a=b', type: 'application/x-www-form-urlencoded' },
  ],
];

const noPayments = [
  'pi_unknown',
  'ch_1',
  'pi_',
  '1',
  'pi_1%2Frefunds',
  '..%2Faccount',
  '%2e%2e',
  '%00',
  'pi_%00',
  'pi_%F0%9F%98%80',
  '__proto__',
  `pi_${'x'.repeat(300)}`,
];

const event = JSON.stringify({
  id: 'evt_forged',
  object: 'event',
  type: 'payment_intent.succeeded',
  data: { object: { id: 'pi_forged', object: 'payment_intent', status: 'succeeded' } },
});
const now = () => Math.floor(Date.now() / 1_000);
const zeros = () => `t=${now()},v1=${'0'.repeat(64)}`;

/** What is wrong with a webhook, its `Stripe-Signature`, and its body unless that is the event above. */
const forged: readonly (readonly [string, (world: World) => string, (string | Buffer)?])[] = [
  ['an empty signature', () => ''],
  ['a signature that is none', () => 'sha256=abc'],
  ['a signature of nothing but the time', () => `t=${now()}`],
  ['a signature in another scheme', ({ signWebhook }) => signWebhook(event).replace('v1=', 'v0=')],
  ['a forged signature', zeros],
  ['a signature of another length', () => `t=${now()},v1=00`],
  ['a signature of other bytes', ({ signWebhook }) => signWebhook(`${event} `)],
  ['the same event in other bytes', ({ signWebhook }) => signWebhook(event), `${event}\n`],
  ['a signature of an hour ago', ({ signWebhook }) => signWebhook(event, now() - 3_600)],
  ['a time moved', ({ signWebhook }) => signWebhook(event, now() - 3_600).replace(/t=\d+/, `t=${now()}`)],
  ['a time that is no number', ({ signWebhook }) => signWebhook(event).replace(/t=\d+/, 't=soon')],
  ['no body', zeros, ''],
  ['bytes that are no text', zeros, Buffer.from([0, 255, 254, 0])],
];

const hook = 'POST /webhooks/stripe';
const webhooks: readonly Case[] = [
  ['no signature', hook, '400 invalid-signature', { raw: event }],
  ...forged.map(
    ([name, signature, raw = event]): Case => [
      `webhook with ${name}`,
      hook,
      '400 invalid-signature',
      { headers: (world) => ({ 'stripe-signature': signature(world) }), raw },
    ],
  ),
  [
    'webhook, no JSON under a good signature',
    hook,
    '400 malformed-json',
    { headers: ({ signWebhook }) => ({ 'stripe-signature': signWebhook('{') }), raw: '{' },
  ],
  ['webhook of 101 kB', hook, '413 body-too-large', { raw: 'x'.repeat(101 * 1024) }],
  [
    'webhook, gzip that is none',
    hook,
    '400 malformed-request',
    { headers: { 'content-encoding': 'gzip' }, raw: event },
  ],
  [
    'webhook, an unknown compression',
    hook,
    '415 unsupported-media-type',
    { headers: { 'content-encoding': 'sdch' }, raw: event },
  ],
];

export const paymentRows: readonly Row[] = [
  ...unreadableBodies('payment', 'buyer', 'POST /create-payment'),
  ...refusedBodies('payment', 'buyer', 'POST /create-payment', orderNumbers),
  ...refused('payment', 'buyer', payments),
  ...refused(
    'payment',
    'admin',
    noPayments.map((id) => [
      `payment ${id.slice(0, 30)}`,
      `POST /verify-payment/${id}`,
      '404 payment-not-found',
    ]),
  ),
  ...refused('payment', undefined, webhooks),
  ...unreadablePaths('payment', ['POST /verify-payment/%zz'], 'buyer'),
  ...pathsBeyondUtf8('payment', ['POST /verify-payment/%E0%A4%A'], 'buyer'),
  ...refusedTokens('payment', 'POST /create-payment', { orderNumber: 'NO-SUCH-ORDER' }),
  ...withoutToken('payment', ['POST /create-payment', 'POST /verify-payment/pi_1']),
  ...unknownRoutes(
    'payment',
    [
      'POST /webhooks',
      'POST /webhooks/paypal',
      'POST /verify-payment',
      'GET /payments',
      'POST /verify-payment/pi_1/x',
    ],
    'buyer',
  ),
  ...wrongMethods('payment', {
    'GET /create-payment': ['POST'],
    'GET /verify-payment/pi_1': ['POST'],
    'GET /webhooks/stripe': ['POST'],
    'DELETE /webhooks/stripe': ['POST'],
    'PATCH /healthz': ['GET'],
  }),
];
