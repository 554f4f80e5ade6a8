import { fileURLToPath } from 'node:url';
import { type RequestHandler, type Response, Router } from 'express';
import expressStaticGzip from 'express-static-gzip';
import type { StorefrontConfig } from './config.ts';

type StripeSettings = Pick<StorefrontConfig, 'stripePublishableKey' | 'offlineStripeUrl'>;

/** Where `shop/build.mjs` puts what browsers get. */
const builtFiles = fileURLToPath(new URL('../dist/shop', import.meta.url));

/**
 * The demo shop: the files of its build, and its page at every other path that a browser opens and nothing else has, as
 * the page finds its way by itself. Requests that do not ask for HTML pass by.
 */
export function demoShop(config: StripeSettings): Router {
  const policy = contentSecurityPolicy(config);
  const assets = compressedFiles((res) => {
    // Their names have a hash of their content.
    res.vary('Origin').set('Cache-Control', 'public, max-age=31536000, immutable');
  });
  const page = compressedFiles((res) => {
    res.vary('Accept, Origin').set('Content-Security-Policy', policy);
  });
  const serve: RequestHandler = (req, res, next) => {
    if (req.method !== 'GET' && req.method !== 'HEAD') return next();
    if (req.path.startsWith('/assets/')) return assets(req, res, next);
    res.vary('Accept');
    if (req.accepts('json', 'html') !== 'html') return next();
    req.url = '/index.html';
    page(req, res, next);
  };
  return Router()
    .get('/config.json', (_req, res) => void res.json(pageSettings(config)))
    .use(serve);
}

/** Serves files as the build has compressed them. */
function compressedFiles(setHeaders: (res: Response) => void): RequestHandler {
  const serve = expressStaticGzip(builtFiles, {
    enableBrotli: true,
    orderPreference: ['br'],
    index: false,
    serveStatic: { index: false, cacheControl: false, setHeaders: (res) => setHeaders(res as Response) },
  });
  return (req, res, next) =>
    serve(req, res, (error: unknown) => {
      // Of a file that is not there any more.
      res.removeHeader('Content-Encoding');
      next(error);
    });
}

/** What the page has to know of this shop. The publishable key is public by design. */
const pageSettings = ({ stripePublishableKey, offlineStripeUrl }: StripeSettings) => ({
  stripe: stripePublishableKey ? { publishableKey: stripePublishableKey } : { offlineUrl: offlineStripeUrl },
});

/** Scripts and styles from here alone, and of other hosts only what payments need: https://docs.stripe.com/security/guide */
function contentSecurityPolicy({ stripePublishableKey, offlineStripeUrl }: StripeSettings): string {
  const stripeJs = stripePublishableKey ? ' https://js.stripe.com https://*.js.stripe.com' : '';
  const stripe = stripePublishableKey ? 'https://api.stripe.com' : offlineStripeUrl;
  return [
    "default-src 'none'",
    `script-src 'self'${stripeJs}`,
    "style-src 'self'",
    // A product's picture may be anywhere.
    "img-src 'self' https: http:",
    `connect-src 'self'${stripe && ` ${stripe}`}`,
    `frame-src ${stripeJs ? `${stripeJs.trim()} https://hooks.stripe.com` : "'none'"}`,
    "form-action 'self'",
    "base-uri 'none'",
    "frame-ancestors 'none'",
  ].join('; ');
}
