import type { Request } from 'express';

const routes = new WeakMap<Request, () => string>();

/**
 * The pattern of the route that takes a request, once one has: `/orders/:orderNumber`; `none` without one. Never
 * the path: what is measured must not grow with the number of orders. Call it before the routes.
 */
export function routeOf(req: Request): () => string {
  const known = routes.get(req);
  if (known !== undefined) return known;
  let route: Request['route'];
  let base = '';
  // By the time that an error is answered, Express has left the router, and forgotten what it was mounted at.
  Object.defineProperty(req, 'route', {
    get: () => route,
    set: (matched) => {
      route = matched;
      base = req.baseUrl;
    },
    configurable: true,
    enumerable: true,
  });
  // What a router is mounted at comes as the caller wrote it, in any mixture of cases.
  const pattern = () => (typeof route?.path === 'string' ? `${base.toLowerCase()}${route.path}` : 'none');
  routes.set(req, pattern);
  return pattern;
}
