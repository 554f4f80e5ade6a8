import {
  pathsBeyondUtf8,
  refusedTokens,
  unknownRoutes,
  unreadableBodies,
  unreadablePaths,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import {
  type BadBody,
  type Case,
  inPrototype,
  type Row,
  refused,
  refusedBodies,
  refusedQueries,
  type World,
} from './row.ts';

/** Values that are no id and no quantity. */
const noCounts = [
  ['left out', undefined],
  ['null', null],
  ['0', 0],
  ['negative', -1],
  ['a fraction', 1.5],
  ['a text', '1'],
  ['true', true],
  ['a list', [1]],
  ['an object', { $gt: 0 }],
  ['more than the column holds', 2_147_483_648],
  ['beyond all whole numbers', 9_007_199_254_740_992],
  ['astronomical', 1e300],
] as const;

const items: readonly BadBody[] = [
  ['no members at all', {}, ['productId', 'qty']],
  ['no body', undefined, ['body']],
  ['a list', [{ productId: 1, qty: 1 }], ['body']],
  ['a text', 'socks', ['body']],
  ['null', null, ['body']],
  ['members of the prototype', inPrototype({ productId: 1, qty: 1 }), ['__proto__', 'productId', 'qty']],
  ['a member that every object has', { productId: 1, qty: 1, constructor: 1 }, ['constructor']],
  ["a price of one's own", { productId: 1, qty: 1, price: 1 }, ['price']],
  ["somebody else's cart", { productId: 1, qty: 1, customerId: 1 }, ['customerId']],
  ...noCounts.map(
    ([name, productId]): BadBody => [`productId ${name}`, { productId, qty: 1 }, ['productId']],
  ),
  ...noCounts.map(([name, qty]): BadBody => [`qty ${name}`, { productId: 1, qty }, ['qty']]),
  ['qty 10,001', { productId: 1, qty: 10_001 }, ['qty']],
];

const quantities: readonly BadBody[] = [
  ['no members at all', {}, ['qty']],
  ['a number', 5, ['body']],
  ['qty 0', { qty: 0 }, ['qty']],
  ['qty a text', { qty: '2' }, ['qty']],
  ['qty 10,001', { qty: 10_001 }, ['qty']],
  ['another product', { qty: 1, productId: 2 }, ['productId']],
];

const agreements: readonly BadBody[] = [
  ['a list', [], ['body']],
  ['a text', 'everything', ['body']],
  ['a number', 0, ['body']],
  ['false', false, ['body']],
  ['null', null, ['body']],
  ['amount a text', { amount: '100' }, ['amount']],
  ['amount negative', { amount: -1 }, ['amount']],
  ['amount a fraction', { amount: 12.5 }, ['amount']],
  ['amount null', { amount: null }, ['amount']],
  ['amount more than Stripe takes', { amount: 1_000_000_000_000 }, ['amount']],
  ['a currency without an amount', { currency: 'usd' }, ['amount']],
  ['currency in capitals', { amount: 100, currency: 'USD' }, ['currency']],
  ['currency a list', { amount: 100, currency: ['usd'] }, ['currency']],
  ["items of one's own", { items: [{ productId: 1, qty: 1, price: 1 }] }, ['items']],
  ["a status of one's own", { status: 'completed' }, ['status']],
  ['a member that every object has', { toString: 'x' }, ['toString']],
];

const queries = refusedQueries('order', 'stranger', 'GET /orders', [
  ['limit=0', 'limit'],
  ['limit=101', 'limit'],
  ['limit=-5', 'limit'],
  ['limit=1.5', 'limit'],
  ['limit=1e1', 'limit'],
  ['limit=', 'limit'],
  ['limit=all', 'limit'],
  ['limit=99999999999999999999', 'limit'],
  ['limit=5&limit=6', 'limit'],
  ['offset=-1', 'offset'],
  ['offset=1000001', 'offset'],
  ['status=lost', 'status'],
  ['status=PENDING', 'status'],
  ['status=', 'status'],
  ['status=pending&status=lost', 'status'],
  ['all=yes', 'all'],
  ['all=1', 'all'],
  ['customerId=x', 'customerId'],
  ['customerId=0', 'customerId'],
  ['from=now', 'from'],
  ['from=1767225600', 'from'],
  ['from=2026-02-30', 'from'],
  ['from=2026-01-01T00:00:00', 'from'],
  ['from=2026-02-30T00:00:00Z', 'from'],
  ['from=2026-01-01T24:00:00Z', 'from'],
  ['from=2026-01-01T00:00:00+01:00', 'from'],
  ['from=0000-01-01T00:00:00Z', 'from'],
  ['from=0001-01-01T00:00:00%2B23:59', 'from'],
  ['to=9999-12-31T23:59:59-23:59', 'to'],
  ['to=', 'to'],
  ['to=2026-01-01T00:00:00Z&to=2026-02-01T00:00:00Z', 'to'],
  ['cursor=', 'cursor'],
  ['cursor=garbage', 'cursor'],
  ['cursor=%00%00%00%00%00%00%00%00', 'cursor'],
  ['cursor=NO-SUCH-ORDER', 'cursor'],
  ['cursor=NO-SUCH-ORDER&cursor=NO-SUCH-ORDER', 'cursor'],
  ['cursor=NO-SUCH-ORDER&offset=5', 'offset'],
  ['limit=x&offset=x&status=x', 'limit', 'offset', 'status'],
]);

const badLineIds = ['0', '-1', '1.5', 'all', '2147483648', '9'.repeat(20), '%00', '__proto__', '1%20'];
/** What cannot be an order's number is the number of no order. */
const noOrders = [
  '1',
  'NO-SUCH-ORDER',
  '%00',
  'A%27%20OR%201=1',
  'x'.repeat(65),
  '%F0%9F%98%80',
  '..%2F..%2Fcart',
  '__proto__',
  'constructor',
];

const lineAbsent = '404 cart-line-not-found';
const absent = '404 order-not-found';
const cancelled = '409 order-cancelled';
const changed = '409 price-changed';
const key = (value: string | readonly string[]) => ({ headers: { 'idempotency-key': value }, body: {} });

const change = ({ lineItemId }: World) => `PATCH /cart/${lineItemId}`;
const remove = ({ lineItemId }: World) => `DELETE /cart/${lineItemId}`;

const cart: readonly Case[] = [
  [
    'a product that is not there',
    'POST /cart',
    '404 product-not-found',
    { body: { productId: 2_147_483_647, qty: 1 } },
  ],
  [
    'a product that is deleted',
    'POST /cart',
    '404 product-not-found',
    { body: ({ deletedProductId: productId }) => ({ productId, qty: 1 }) },
  ],
  [
    'more than there is',
    'POST /cart',
    '409 insufficient-stock',
    { body: ({ productId }) => ({ productId, qty: 10_000 }), details: { requested: 10_000, available: 5 } },
  ],
  [
    'a change to more than there is',
    change,
    '409 insufficient-stock',
    { as: 'buyer', body: { qty: 6 }, details: { requested: 6, available: 5 } },
  ],
  ['a line of somebody else', change, lineAbsent, { body: { qty: 1 } }],
  ['a line of somebody else, by the admin', change, lineAbsent, { as: 'admin', body: { qty: 1 } }],
  ['a line that is not there', 'PATCH /cart/2147483647', lineAbsent, { body: { qty: 1 } }],
  ['a change of no id', 'PATCH /cart/x', ['lineItemId'], { body: { qty: 1 } }],
  ['removal of a line of somebody else', remove, lineAbsent],
  ['removal of what is not there', 'DELETE /cart/2147483647', lineAbsent],
  ...badLineIds.map((id): Case => [`removal of ${id}`, `DELETE /cart/${id}`, ['lineItemId']]),
];

const ordering: readonly Case[] = [
  ['an empty cart', 'POST /orders', '409 cart-empty', { body: {} }],
  [
    'another total',
    'POST /orders',
    changed,
    { as: 'buyer', body: { amount: 1 }, details: { amount: 1_250 } },
  ],
  ['another currency', 'POST /orders', changed, { as: 'buyer', body: { amount: 1_250, currency: 'eur' } }],
  ['an empty key', 'POST /orders', ['Idempotency-Key'], key('')],
  ['a key of 256 characters', 'POST /orders', ['Idempotency-Key'], key('k'.repeat(256))],
  ['a key with a space', 'POST /orders', ['Idempotency-Key'], key('a key')],
  ['a key with a tab', 'POST /orders', ['Idempotency-Key'], key('a\tkey')],
  ['a key beyond ASCII', 'POST /orders', ['Idempotency-Key'], key(Buffer.from('clé').toString('latin1'))],
  ['two keys', 'POST /orders', ['Idempotency-Key'], key(['first', 'second'])],
  [
    'a used key with another body',
    'POST /orders',
    '422 idempotency-key-reused',
    { headers: ({ usedKey }) => ({ 'idempotency-key': usedKey }), body: { amount: 1 } },
  ],
  [
    'the used key of somebody else',
    'POST /orders',
    '409 cart-empty',
    { as: 'admin', headers: ({ usedKey }) => ({ 'idempotency-key': usedKey }), body: {} },
  ],
];

const orders: readonly Case[] = [
  ["everybody's orders", 'GET /orders?all=true', '403 admin-only'],
  ["somebody else's orders", 'GET /orders?customerId=1', '403 admin-only'],
  ...noOrders.map((number): Case => [`order ${number}`, `GET /orders/${number}`, absent]),
  ['an order of somebody else', ({ processingOrder }) => `GET /orders/${processingOrder}`, absent],
  ['its checkout', ({ processingOrder }) => `GET /orders/${processingOrder}/checkout`, absent],
  [
    'its checkout, by the admin',
    ({ processingOrder }) => `GET /orders/${processingOrder}/checkout`,
    absent,
    { as: 'admin' },
  ],
  ['its events', ({ processingOrder }) => `GET /orders/${processingOrder}/events`, absent],
  ['its cancellation', ({ processingOrder }) => `POST /orders/${processingOrder}/cancel`, absent],
  [
    'its number in small letters',
    ({ processingOrder }) => `GET /orders/${processingOrder.toLowerCase()}`,
    absent,
    { as: 'buyer' },
  ],
  [
    'checkout of what is paid',
    ({ completedOrder }) => `GET /orders/${completedOrder}/checkout`,
    '409 order-completed',
    { as: 'buyer' },
  ],
  [
    'checkout of what is cancelled',
    ({ cancelledOrder }) => `GET /orders/${cancelledOrder}/checkout`,
    cancelled,
    { as: 'buyer', details: { reason: 'by-customer' } },
  ],
  [
    'cancellation, twice',
    ({ cancelledOrder }) => `POST /orders/${cancelledOrder}/cancel`,
    cancelled,
    { as: 'buyer' },
  ],
  [
    'cancellation, twice, by the admin',
    ({ cancelledOrder }) => `POST /orders/${cancelledOrder}/cancel`,
    cancelled,
    { as: 'admin' },
  ],
  ['cancellation of no order', 'POST /orders/NO-SUCH-ORDER/cancel', absent],
  [
    'cancellation with a body that is no JSON',
    ({ processingOrder }) => `POST /orders/${processingOrder}/cancel`,
    '415 unsupported-media-type',
    { as: 'buyer', raw: 'yes', type: 'text/plain' },
  ],
  ...['one', '-1', '1.5', '', '1, 2', '9'.repeat(20)].map(
    (id): Case => [
      `events after ${id}`,
      ({ processingOrder }) => `GET /orders/${processingOrder}/events`,
      ['Last-Event-ID'],
      { as: 'buyer', headers: { 'last-event-id': id } },
    ],
  ),
  ['events of no order', 'GET /orders/NO-SUCH-ORDER/events', absent],
];

export const orderRows: readonly Row[] = [
  ...unreadableBodies('order', 'stranger', 'POST /cart'),
  ...unreadableBodies('order', 'stranger', 'POST /orders'),
  ...refusedBodies('order', 'stranger', 'POST /cart', items),
  ...refusedBodies('order', 'buyer', change, quantities),
  ...refusedBodies('order', 'stranger', 'POST /orders', agreements),
  ...refused('order', 'stranger', [...cart, ...ordering, ...orders]),
  ...queries,
  ...(['stranger', 'admin'] as const).flatMap((as) =>
    refused('order', as, [
      [`guests to forget, says a ${as}`, 'POST /guests/forget', '401 invalid-token', { body: { ids: [1] } }],
    ]),
  ),
  ...unreadablePaths('order', ['DELETE /cart/%zz', 'GET /orders/%zz'], 'stranger'),
  ...pathsBeyondUtf8('order', ['DELETE /cart/%E0%A4%A', 'GET /orders/%ff'], 'stranger'),
  ...refusedTokens('order', 'GET /orders'),
  ...withoutToken('order', [
    'POST /guests/forget',
    'POST /customers/forget',
    'GET /customers/1/open-orders',
    'GET /cart',
    'POST /cart',
    'PATCH /cart/1',
    'DELETE /cart/1',
    'GET /orders',
    'POST /orders',
    'GET /orders/SOME-ORDER',
    'GET /orders/SOME-ORDER/checkout',
    'GET /orders/SOME-ORDER/events',
    'POST /orders/SOME-ORDER/cancel',
  ]),
  ...unknownRoutes(
    'order',
    ['GET /order', 'GET /cart/1/items', 'POST /orders/SOME-ORDER/pay', 'GET /'],
    'stranger',
  ),
  ...wrongMethods(
    'order',
    {
      'PUT /cart': ['GET', 'POST'],
      'DELETE /cart': ['GET', 'POST'],
      'POST /cart/1': ['DELETE', 'PATCH'],
      'DELETE /orders': ['GET', 'POST'],
      'PATCH /orders/SOME-ORDER': ['GET'],
      'GET /orders/SOME-ORDER/cancel': ['POST'],
      'POST /orders/SOME-ORDER/checkout': ['GET'],
      'POST /orders/SOME-ORDER/events': ['GET'],
      'POST /readyz': ['GET'],
    },
    'stranger',
  ),
];
