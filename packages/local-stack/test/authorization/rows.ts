import type { ServiceName } from '../bad-input/row.ts';
import type { Rule } from './rules.ts';
import type { World } from './world.ts';

interface Details {
  /** The service has it, the gateway does not pass it on. */
  readonly inside?: boolean;
  /** An empty object when left out. */
  readonly body?: (world: World) => object;
  readonly headers?: Record<string, string>;
}

/** An operation as its document writes it, perhaps with a query, and who may call it. */
export type Row = readonly [operation: string, rule: Rule, details?: Details];

const inside = { inside: true };

/** What every service has; the gateway has its own. */
const common: readonly Row[] = [
  ['GET /healthz', 'everybody', inside],
  ['GET /readyz', 'everybody', inside],
  ['GET /openapi.json', 'everybody', inside],
  ['GET /docs', 'everybody', inside],
];

const user: readonly Row[] = [
  ['POST /guest', 'everybody'],
  ['POST /register', 'everybody'],
  ['POST /auth/register', 'everybody'],
  ['POST /login', 'everybody'],
  ['POST /auth/login', 'everybody'],
  ['POST /refresh', 'everybody'],
  ['POST /logout', 'everybody'],
  ['POST /password-resets', 'everybody'],
  ['POST /password-resets/confirm', 'everybody'],
  ['POST /email-verifications/confirm', 'everybody'],
  ['GET /.well-known/jwks.json', 'everybody'],
  ['GET /validate', 'tokens'],
  ['GET /auth/validate', 'tokens'],
  ['GET /me', 'users'],
  ['PATCH /me', 'accounts'],
  // Without the password nothing happens; a guest has none, and would be gone.
  ['DELETE /me', 'users', { body: () => ({ currentPassword: '' }) }],
  ['GET /me/export', 'users'],
  ['POST /password', 'accounts'],
  ['GET /me/totp', 'accounts'],
  ['POST /me/totp', 'accounts'],
  ['POST /me/totp/confirm', 'accounts'],
  ['DELETE /me/totp', 'accounts'],
  ['POST /email-verifications', 'accounts'],
  ['GET /sessions', 'accounts'],
  ['DELETE /sessions/{id}', 'onlyAccount'],
  ['GET /addresses', 'users'],
  ['POST /addresses', 'users'],
  ['GET /addresses/{id}', 'onlyOwner'],
  ['PUT /addresses/{id}', 'onlyOwner', { body: ({ address }) => address }],
  ['DELETE /addresses/{id}', 'onlyOwner'],
  ['GET /api-keys', 'admins'],
  ['POST /api-keys', 'admins'],
  ['DELETE /api-keys/{id}', 'admins'],
  ['POST /api-keys/token', 'keys'],
  ['GET /users/{id}/standing?role=customer', 'services', inside],
  ['GET /audit-part', 'admins', inside],
  // Last: it ends the sessions of those who come before.
  ['DELETE /sessions', 'accounts'],
];

const stale = { headers: { 'if-match': '"99"' } };

const catalog: readonly Row[] = [
  ['GET /products', 'everybody'],
  ['GET /products/suggest?q=a', 'everybody'],
  ['GET /products/{id}', 'everybody'],
  ['GET /product-groups/{id}', 'everybody'],
  ['POST /products/stock', 'everybody'],
  ['POST /products', 'admins'],
  ['PATCH /products/{id}', 'admins', stale],
  ['DELETE /products/{id}', 'admins', stale],
  ['POST /products/import', 'admins'],
  ['GET /timeline/{orderNumber}', 'admins', inside],
  ['GET /audit-part', 'admins', inside],
];

const order: readonly Row[] = [
  ['GET /delivery-methods', 'everybody'],
  ['GET /cart', 'users'],
  ['POST /cart', 'users'],
  ['POST /cart/merge', 'users'],
  ['PUT /cart/checkout', 'users'],
  ['DELETE /cart/checkout', 'users'],
  ['PATCH /cart/{lineItemId}', 'onlyOwner', { body: () => ({ qty: 1 }) }],
  ['DELETE /cart/{lineItemId}', 'onlyOwner'],
  ['POST /orders', 'users'],
  ['GET /orders', 'users'],
  ['GET /orders?all=true', 'admins'],
  ['GET /orders?customerId=1', 'admins'],
  ['GET /orders/{orderNumber}', 'owner'],
  ['GET /orders/{orderNumber}/events', 'owner'],
  ['GET /orders/{orderNumber}/checkout', 'onlyOwner'],
  ['GET /orders/{orderNumber}/timeline', 'admins'],
  ['POST /orders/{orderNumber}/cancel', 'owner'],
  ['POST /orders/{orderNumber}/shipments', 'admins'],
  ['PATCH /orders/{orderNumber}/shipments/{shipmentId}', 'admins'],
  ['POST /orders/{orderNumber}/refunds', 'admins'],
  ['GET /audit', 'admins'],
  ['GET /payments/{paymentId}', 'onlyOwner', inside],
  ['POST /guests/forget', 'services', inside],
  ['GET /customers/{id}/open-orders', 'services', inside],
  ['POST /customers/forget', 'services', inside],
];

const payment: readonly Row[] = [
  ['POST /create-payment', 'onlyOwner', { body: ({ parameters: { orderNumber } }) => ({ orderNumber }) }],
  ['POST /verify-payment/{id}', 'owner'],
  // By Stripe's signature: see bad-input/payment.ts.
  ['POST /webhooks/stripe', 'everybody', inside],
  ['GET /payments/{id}', 'services', inside],
  ['GET /timeline/{orderNumber}', 'admins', inside],
];

const storefront: readonly Row[] = [
  ['GET /', 'everybody'],
  ['GET /config.json', 'everybody'],
  ['GET /healthz', 'everybody'],
  ['GET /readyz', 'everybody'],
  ['GET /docs', 'everybody'],
  ...(['user', 'catalog', 'order', 'payment'] as const).map(
    (name): Row => [`GET /openapi/${name}.json`, 'everybody'],
  ),
  ['GET /pictures/{category}/{product}.svg', 'everybody'],
];

/** A row for every operation of every document, and of the gateway's own. */
export const rows: Readonly<Record<ServiceName, readonly Row[]>> = {
  user: [...common, ...user],
  catalog: [...common, ...catalog],
  order: [...common, ...order],
  payment: [...common, ...payment],
  storefront,
};
