import type { Express, Request } from 'express';

const matched = Symbol('route');
const base = Symbol('base');
type Matched = Request & { [matched]?: Request['route']; [base]?: string };

/**
 * Has an app's requests remember which route takes them, for {@link routeOf}: by the time that an error is answered,
 * Express has left the router, and forgotten what it was mounted at. Once for the app, not for each request: an object
 * that is given accessors of its own makes all that is done with it slower.
 */
export function rememberRoutes(app: Express): void {
  Object.defineProperty(app.request, 'route', {
    get(this: Matched) {
      return this[matched];
    },
    set(this: Matched, route: Request['route']) {
      this[matched] = route;
      this[base] = this.baseUrl;
    },
  });
}

/**
 * The pattern of the route that takes a request, once one has: `/orders/:orderNumber`; `none` without one. Never
 * the path: what is measured must not grow with the number of orders.
 */
export function routeOf(req: Request): string {
  const { [matched]: route, [base]: mountedAt = '' } = req as Matched;
  // What a router is mounted at comes as the caller wrote it, in any mixture of cases.
  return typeof route?.path === 'string' ? `${mountedAt.toLowerCase()}${route.path}` : 'none';
}
