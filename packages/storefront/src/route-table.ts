import type { IncomingMessage } from 'node:http';

/** The services behind the gateway, by short name. */
export const serviceKeys = ['user', 'catalog', 'order', 'payment'] as const;
export type ServiceKey = (typeof serviceKeys)[number];

/**
 * Which service answers `/api/<first segment>/...`. Webhooks are not here: Stripe calls payment_service itself, and
 * nobody else should.
 */
const routeTable: ReadonlyMap<string, ServiceKey> = new Map([
  ['guest', 'user'],
  ['register', 'user'],
  ['login', 'user'],
  ['validate', 'user'],
  ['refresh', 'user'],
  ['logout', 'user'],
  ['me', 'user'],
  ['password', 'user'],
  ['password-resets', 'user'],
  ['email-verifications', 'user'],
  ['sessions', 'user'],
  ['addresses', 'user'],
  ['api-keys', 'user'],
  ['auth', 'user'],
  ['.well-known', 'user'],
  ['products', 'catalog'],
  ['product-groups', 'catalog'],
  ['cart', 'order'],
  ['delivery-methods', 'order'],
  ['orders', 'order'],
  ['audit', 'order'],
  ['create-payment', 'payment'],
  ['verify-payment', 'payment'],
]);

export const apiPaths: readonly string[] = [...routeTable.keys()].map((segment) => `/api/${segment}`);

/** Which service answers a path, which begins without `/api`. */
export function serviceOf(path: string): ServiceKey | undefined {
  const [, segment = ''] = /^\/([^/?]+)/.exec(path) ?? [];
  return routeTable.get(segment);
}

/** `POST /products/import`: its body and its reply go on for as long as the caller sends lines. */
export const isLongRequest = ({ method, url }: Pick<IncomingMessage, 'method' | 'url'>) =>
  method === 'POST' && /^\/products\/import\/?(\?|$)/i.test(url ?? '');

/** What a request costs the shop, as the limits of clients tell it. */
export type Cost = 'read' | 'write' | 'expensive';

const expensiveReads =
  /^\/api\/(me\/export|products\/suggest|products\/?\?(.*&)?search=|orders\/[^/?]+\/(events|timeline))/i;
const expensiveWrites =
  /^\/api\/((auth\/)?(login|register)|password|me\/totp|guest|api-keys\/token|(create|verify)-payment|password-resets|email-verifications|products\/import|cart\/merge|orders)(\/|\?|$)/i;

/** Searches, passwords, orders and payments take many times as long as other requests. The path begins with `/api`. */
export function costOf({ method, url = '' }: IncomingMessage): Cost {
  const isRead = method === 'GET' || method === 'HEAD';
  if ((isRead ? expensiveReads : expensiveWrites).test(url)) return 'expensive';
  return isRead ? 'read' : 'write';
}

const takesKey = /^\/orders(\/[^/?]+\/(refunds|shipments))?\/?(\?|$)/i;
const readsByPost = /^\/(api-keys\/token|login|logout|refresh|products\/stock)\/?(\?|$)/i;

/**
 * Whether a request may be sent a second time when nobody knows what came of the first: it changes nothing that matters,
 * or, by its Idempotency-Key or the order's number, both together change what one does.
 */
export function isRepeatable({ method, url, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
  if (method !== 'POST') return false;
  if (takesKey.test(url ?? '')) return headers['idempotency-key'] !== undefined;
  return readsByPost.test(url ?? '') || serviceOf(url ?? '') === 'payment';
}
