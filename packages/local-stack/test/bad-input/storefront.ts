import {
  pathsBeyondUtf8,
  unknownRoutes,
  unreadablePaths,
  withoutToken,
  wrongMethods,
} from './every-operation.ts';
import { type Case, type Row, refused } from './row.ts';

const passedOn: readonly Case[] = [
  ['JSON that breaks off', 'POST /api/login', '400 malformed-json', { raw: '{"email":' }],
  ['plain text', 'POST /api/login', '415 unsupported-media-type', { raw: 'x', type: 'text/plain' }],
  ['a list', 'POST /api/login', ['body'], { body: [] }],
  ['numbers', 'POST /api/login', ['email', 'password'], { body: { email: 1, password: 2 } }],
  [
    'a wrong password',
    'POST /api/auth/login',
    '401 invalid-credentials',
    { body: ({ email }) => ({ email, password: 'x' }) },
  ],
  ['101 kB', 'POST /api/register', '413 body-too-large', { raw: `"${'x'.repeat(101 * 1024)}"` }],
  ['a bad query', 'GET /api/products?limit=5&limit=x', ['limit']],
  ['a bad id', 'GET /api/products/one', ['id']],
  ['a path that climbs', 'GET /api/products/../orders', '404 route-not-found'],
  ['a product that is not there', 'GET /api/products/2147483647', '404 product-not-found'],
  ['a product by a customer', 'POST /api/products', '403 admin-only', { as: 'buyer', body: {} }],
  [
    'a stale change',
    ({ productId }) => `PATCH /api/products/${productId}`,
    '412 product-changed',
    { as: 'admin', headers: { 'if-match': '"99"' }, body: { price: 1 } },
  ],
  [
    'an order of somebody else',
    ({ processingOrder }) => `GET /api/orders/${processingOrder}`,
    '404 order-not-found',
    { as: 'stranger' },
  ],
  ['an expired token', 'GET /api/orders', '401 token-expired', { as: 'expired' }],
  ['alg none', 'GET /api/orders', '401 invalid-token', { as: 'algorithmNone' }],
  [
    'an empty key',
    'POST /api/orders',
    ['Idempotency-Key'],
    { as: 'stranger', headers: { 'idempotency-key': ' ' }, body: {} },
  ],
  [
    'a payment of somebody else',
    ({ paymentId }) => `POST /api/verify-payment/${paymentId}`,
    '404 payment-not-found',
    { as: 'stranger' },
  ],
  [
    'a DELETE whose body has no announced length',
    'DELETE /api/cart/2147483647',
    '404 cart-line-not-found',
    { as: 'stranger', headers: { 'transfer-encoding': 'chunked' }, raw: '{}' },
  ],
];

/** Through the gateway: what the services refuse arrives as they said it, and what is not for them stays outside. */
export const storefrontRows: readonly Row[] = [
  ...refused('storefront', undefined, passedOn),
  ...unreadablePaths('storefront', ['GET /api/products/%zz']),
  ...pathsBeyondUtf8('storefront', ['GET /api/products/%C3%28', 'GET /api/orders/%C0%AF', 'GET /%FF']),
  ...withoutToken('storefront', [
    'GET /api/validate',
    'POST /api/products',
    'GET /api/cart',
    'POST /api/create-payment',
  ]),
  ...unknownRoutes('storefront', [
    'GET /api',
    'GET /api/',
    'GET /api/nothing',
    'POST /api/webhooks/stripe',
    'GET /api/healthz',
    'GET /api/metrics',
    'GET /metrics',
    'GET /api/__proto__',
    'GET /api/constructor',
    'GET /api/..%2fhealthz',
    'GET /api/%zz',
    'GET /api//products',
    'GET /API-docs',
    'GET /products/1',
  ]),
  ...wrongMethods('storefront', { 'PUT /api/cart': ['GET', 'POST'], 'DELETE /healthz': ['GET'] }, 'stranger'),
];
