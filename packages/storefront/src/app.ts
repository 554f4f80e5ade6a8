import { createHttpService, createMetrics, type Logger, type Service } from '@shop/service-kit';
import { type Express, Router } from 'express';
import { type ServiceKey, type StorefrontConfig, serviceKeys } from './config.ts';
import { apiPaths, gatewayRoutes } from './gateway.ts';
import { documentRoutes } from './service-documents.ts';
import { createServiceProxy, type ServiceProxy } from './service-proxy.ts';

/**
 * The one origin that a browser talks to: forwards `/api/*` to the four services and streams their replies, and
 * shows their documents at `/docs`. It holds no state, so any number may run; it is ready whichever services are away, and names them in `/readyz`.
 */
export function createStorefront(
  config: StorefrontConfig,
  { logger }: { readonly logger: Logger },
): Service & { readonly app: Express } {
  const { port, host, services, corsOrigins = [], trustProxy = 0 } = config;

  const proxyTo = (key: ServiceKey, replyMs?: number) =>
    createServiceProxy({ name: `${key}_service`, url: services[key], ...(replyMs && { replyMs }) });
  const proxies: Readonly<Record<ServiceKey, ServiceProxy>> = {
    user: proxyTo('user'),
    catalog: proxyTo('catalog'),
    order: proxyTo('order'),
    // Its slowest call to Stripe takes 10 s, with the order's checkout before and an event after it.
    payment: proxyTo('payment', 30_000),
  };
  const checks = serviceKeys.map((key) => [`${key}_service`, () => proxies[key].check()] as const);

  return createHttpService({
    config: { port, host, corsOrigins, trustProxy },
    logger,
    metrics: createMetrics('storefront'),
    health: { required: {}, optional: Object.fromEntries(checks) },
    rawRoutes: [gatewayRoutes(proxies)],
    routes: [indexRoutes(), documentRoutes(proxies)],
    open: async (closeLater) => {
      for (const key of serviceKeys) closeLater(`connections to ${key}_service`, proxies[key].close);
    },
    endStreams: () => {
      for (const key of serviceKeys) proxies[key].endStreams();
    },
  });
}

function indexRoutes(): Router {
  const router = Router();
  router.get('/', (_req, res) => {
    res.json({ name: 'shop', docs: '/docs', api: apiPaths });
  });
  return router;
}
