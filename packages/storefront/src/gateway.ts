import { Router } from 'express';
import { problem } from './problems.ts';
import { type ServiceKey, serviceOf } from './route-table.ts';
import type { ServiceProxy } from './service-proxy.ts';

/** Forwards `/api/*`, without `/api`, to the service that its first segment names. Bodies are not parsed. */
export function gatewayRoutes(proxies: Readonly<Record<ServiceKey, ServiceProxy>>): Router {
  return Router().use('/api', (req, res) => {
    const service = serviceOf(req.url);
    if (service === undefined) {
      const path = `${req.baseUrl}${req.path}`;
      throw problem('route-not-found', { detail: `There is no ${req.method} ${path} here.` });
    }
    return proxies[service].forward(req, res);
  });
}
