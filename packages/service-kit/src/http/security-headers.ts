import type { RequestHandler } from 'express';
import helmet from 'helmet';

/**
 * What OWASP's REST Security Cheat Sheet asks of replies that are data: nothing in them is to be run, framed, guessed at
 * or fetched by plain HTTP. Always the same, so they are written down instead of computed.
 */
const headers = new Map([
  ['Content-Security-Policy', "default-src 'none'; frame-ancestors 'none'"],
  ['Cross-Origin-Resource-Policy', 'same-origin'],
  ['Referrer-Policy', 'no-referrer'],
  ['Strict-Transport-Security', 'max-age=31536000; includeSubDomains'],
  ['X-Content-Type-Options', 'nosniff'],
  // May be stored, but not used again without asking; a route that knows better says so itself.
  ['Cache-Control', 'no-cache'],
]);

/** The headers of every reply, unless its route says otherwise. */
export const standardHeaders: RequestHandler = (_req, res, next) => {
  res.setHeaders(headers);
  next();
};

/**
 * For pages: Helmet's, but for `upgrade-insecure-requests`. On a machine of one's own network, by plain HTTP, it would
 * have browsers ask for the files of `/docs` by HTTPS, where nobody listens.
 */
export const pageHeaders: RequestHandler = helmet({
  contentSecurityPolicy: { directives: { upgradeInsecureRequests: null } },
});
