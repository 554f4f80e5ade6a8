import type { IncomingMessage } from 'node:http';

/** The services behind the gateway, by short name. */
export const serviceKeys = ['user', 'catalog', 'order', 'payment'] as const;
export type ServiceKey = (typeof serviceKeys)[number];

/**
 * Which service answers `/api/<first segment>/...`. Webhooks are not here: Stripe calls payment_service itself, and
 * nobody else should.
 */
const routeTable: ReadonlyMap<string, ServiceKey> = new Map([
  ['register', 'user'],
  ['login', 'user'],
  ['validate', 'user'],
  ['refresh', 'user'],
  ['logout', 'user'],
  ['auth', 'user'],
  ['.well-known', 'user'],
  ['products', 'catalog'],
  ['cart', 'order'],
  ['orders', 'order'],
  ['create-payment', 'payment'],
  ['verify-payment', 'payment'],
]);

export const apiPaths: readonly string[] = [...routeTable.keys()].map((segment) => `/api/${segment}`);

/** Which service answers a path, which begins without `/api`. */
export function serviceOf(path: string): ServiceKey | undefined {
  const [, segment = ''] = /^\/([^/?]+)/.exec(path) ?? [];
  return routeTable.get(segment);
}

/**
 * Whether a request may be sent a second time when nobody knows what came of the first: it changes nothing, or, by its
 * Idempotency-Key or the order's number, both together change what one does.
 */
export function isRepeatable({ method, url, headers }: IncomingMessage): boolean {
  if (method === 'GET' || method === 'HEAD' || method === 'OPTIONS') return true;
  if (method !== 'POST') return false;
  if (/^\/orders\/?(\?|$)/i.test(url ?? '')) return headers['idempotency-key'] !== undefined;
  return serviceOf(url ?? '') === 'payment';
}
