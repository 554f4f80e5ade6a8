import {
  createHttpService,
  createMetrics,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  type Service,
} from '@shop/service-kit';
import { type Express, Router } from 'express';
import { limitClients } from './client-limits.ts';
import type { StorefrontConfig } from './config.ts';
import { demoPictures } from './demo-pictures.ts';
import { demoShop } from './demo-shop.ts';
import { gatewayRoutes } from './gateway.ts';
import { apiPaths, type ServiceKey, serviceKeys } from './route-table.ts';
import { documentRoutes } from './service-documents.ts';
import { createServiceProxy, type ServiceProxy } from './service-proxy.ts';

/**
 * The one origin that a browser calls: forwards `/api/*` to the four services and streams their replies, and shows
 * their documents at `/docs` and the demo shop at `/`. It holds no state, so any number may run. It is ready even when services are
 * unavailable, and `/readyz` names those.
 */
export function createStorefront(
  config: StorefrontConfig,
  { logger }: { readonly logger: Logger },
): Service & { readonly app: Express } {
  const proxies: Readonly<Record<ServiceKey, ServiceProxy>> = {
    user: createServiceProxy('user', config.userServiceUrl),
    catalog: createServiceProxy('catalog', config.catalogServiceUrl),
    order: createServiceProxy('order', config.orderServiceUrl),
    // The order's checkout takes it 2.5 s at most, Stripe 3.3 s, and the event after that 3 s.
    payment: createServiceProxy('payment', config.paymentServiceUrl, { replyMs: 10_000 }),
  };
  const checks = serviceKeys.map((key) => [`${key}_service`, proxies[key].check] as const);

  const jwksUrls = config.userServiceUrl.map((url) => `${url}/.well-known/jwks.json`);
  const verifier = createTokenVerifier({
    keys: createRemoteKeys({ urls: jwksUrls, logger }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });

  return createHttpService({
    config,
    logger,
    metrics: createMetrics('storefront'),
    health: { required: {}, optional: Object.fromEntries(checks) },
    rawRoutes: [limitClients(config, verifier), gatewayRoutes(proxies)],
    routes: [
      documentRoutes(proxies),
      demoPictures(),
      ...(config.demoShop ? [demoShop(config)] : []),
      indexRoutes(),
    ],
    open: async (closeLater) => {
      for (const key of serviceKeys) closeLater(`connections to ${key}_service`, proxies[key].close);
    },
    endWaiting: () => {
      for (const key of serviceKeys) proxies[key].endStreams();
    },
  });
}

function indexRoutes(): Router {
  return Router().get('/', (_req, res) => {
    res.json({ name: 'shop', docs: '/docs', api: apiPaths });
  });
}
