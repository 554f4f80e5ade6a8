import {
  createHttpApp,
  createHttpServer,
  createMetrics,
  createReleasers,
  type Logger,
  type Service,
} from '@shop/service-kit';
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
  const releasers = createReleasers(logger);
  let draining = false;

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

  const app = createHttpApp({
    logger,
    metrics: createMetrics('storefront'),
    health: { required: {}, optional: Object.fromEntries(checks), draining: () => draining },
    corsOrigins,
    trustProxy,
    rawRoutes: [gatewayRoutes(proxies)],
    routes: [indexRoutes(), documentRoutes(proxies)],
  });
  const server = createHttpServer({ app, port, host });

  const stop = async () => {
    draining = true;
    await releasers.releaseAll();
  };

  const start = async () => {
    for (const key of serviceKeys) releasers.add(`connections to ${key}_service`, proxies[key].close);
    releasers.add('http server', () => server.stop());
    for (const key of serviceKeys) releasers.add(`streams of ${key}_service`, proxies[key].endStreams);
    try {
      return { port: await server.start() };
    } catch (error) {
      await stop();
      throw error;
    }
  };

  return { app, start, stop };
}

function indexRoutes(): Router {
  const router = Router();
  router.get('/', (_req, res) => {
    res.json({ name: 'shop', docs: '/docs', api: apiPaths });
  });
  return router;
}
