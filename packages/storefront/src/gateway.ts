import { AppError } from '@shop/service-kit';
import { type Request, Router } from 'express';
import type { ServiceKey } from './config.ts';
import { prepareHeaders } from './request-headers.ts';
import type { ServiceProxy } from './service-proxy.ts';

/**
 * Which service answers `/api/<first segment>/...`. Webhooks are not here: Stripe calls payment_service itself, and
 * nobody else should.
 */
const serviceOfSegment: ReadonlyMap<string, ServiceKey> = new Map([
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

export const apiPaths: readonly string[] = [...serviceOfSegment.keys()].map((segment) => `/api/${segment}`);

/** Forwards `/api/*`, without `/api`, to the service that its first segment names. Bodies are not parsed. */
export function gatewayRoutes(proxies: Readonly<Record<ServiceKey, ServiceProxy>>): Router {
  const router = Router();
  router.use('/api', (req, res, next) => {
    const service = serviceFor(req);
    refuseUnframedBody(req);
    prepareHeaders(req);
    return proxies[service].forward(req, res, next);
  });
  return router;
}

/** Which service answers a path; it begins without `/api`. */
export function serviceOf(path: string): ServiceKey | undefined {
  const [, segment = ''] = /^\/([^/?]+)/.exec(path) ?? [];
  return serviceOfSegment.get(segment);
}

function serviceFor(req: Request): ServiceKey {
  const service = serviceOf(req.url);
  if (service === undefined) {
    const path = `${req.baseUrl}${req.path}`;
    throw new AppError('not-found', 'route-not-found', `There is no ${req.method} ${path} here.`);
  }
  return service;
}

/** http-proxy says that such a body is empty and sends it all the same: its bytes would be the next request. */
function refuseUnframedBody(req: Request): void {
  if (req.method === 'DELETE' && req.headers['transfer-encoding'] !== undefined)
    throw new AppError('invalid', 'length-required', 'A DELETE with a body must say its Content-Length.');
}
