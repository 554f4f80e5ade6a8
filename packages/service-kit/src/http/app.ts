import compression from 'compression';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import type { ContractDocument } from '../openapi/contract-document.ts';
import { openApiRoutes } from '../openapi/openapi.ts';
import { problemHandler, routeNotFound } from '../problems/problem-handler.ts';
import { problem } from '../problems/problems.ts';
import { requestTrace } from '../tracing/http.ts';
import { rememberRoutes } from '../tracing/route.ts';
import { accessLog } from './access-log.ts';
import { type HealthChecks, healthRoutes } from './health.ts';
import { jsonBodies } from './json-body.ts';
import { checkMethod } from './methods.ts';
import { limitRequestsInFlight } from './requests-in-flight.ts';
import { standardHeaders } from './security-headers.ts';
import { requireUtf8Request } from './text-encoding.ts';
import type { TrustProxy } from './trust-proxy.ts';

export interface HttpAppOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  /** Origins whose pages may call this service; none by default, as browsers go through the gateway. */
  readonly corsOrigins?: readonly (string | RegExp)[];
  /** Which proxies before this service are believed; 0, the default, believes no forwarding header. */
  readonly trustProxy?: TrustProxy;
  /** Routes that take the body's raw bytes, or pass on a reply's: before the JSON parser, and never compressed. */
  readonly rawRoutes?: readonly Router[];
  readonly routes: readonly Router[];
  /** Requests that are answered at a time; see {@link limitRequestsInFlight}. */
  readonly maxInFlight?: number;
  /** Served at `/openapi.json` and, as a page, at `/docs`. */
  readonly document?: ContractDocument;
  /** Sees every request, for the audit trail. */
  readonly watch?: RequestHandler | undefined;
  /** Sees every request before anything else does: how tests hold the replies against the document. */
  readonly observer?: RequestHandler | undefined;
}

/**
 * The Express app that every service is: security headers, CORS allow list, trace and request id, access log,
 * metrics, health, 405 with `Allow`, compression, JSON bodies of limited size, the service's routes, and problem
 * documents for all else. A reply may be stored, but not used again without asking (`Cache-Control: no-cache`);
 * behind {@link requireUser}, and for problems, it may not be stored; a route that knows better says so itself.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const { logger, metrics, health, corsOrigins = [], trustProxy = 0, rawRoutes = [], routes } = options;
  const { document, observer, watch, maxInFlight = 1_000 } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');
  rememberRoutes(app);
  if (observer !== undefined) app.use(observer);
  app.use(
    requestTrace(metrics.service, quietPaths),
    accessLog(logger, quietPaths),
    metrics.observeRequests,
    standardHeaders,
    limitRequestsInFlight(maxInFlight, quietPaths),
    ofHttp,
    requireUtf8Request,
  );
  if (watch !== undefined) app.use(watch);
  if (corsOrigins.length > 0) app.use(forBrowsers(corsOrigins));
  app.use(checkMethod(app));
  for (const router of rawRoutes) app.use(router);
  app.use(compressed);
  app.use(healthRoutes(health));
  if (document !== undefined) app.use(openApiRoutes(document));
  app.use(...jsonBodies);
  for (const router of routes) app.use(router);
  app.use(routeNotFound, problemHandler(logger));
  return app;
}

/** Those of other origins than the server's say which theirs is; for all else there is nothing to work out. */
function forBrowsers(corsOrigins: readonly (string | RegExp)[]): RequestHandler {
  const origin = [...corsOrigins];
  const allow = cors({ origin, exposedHeaders, preflightContinue: true, maxAge: preflightSeconds });
  return (req, res, next) => {
    if (req.headers.origin !== undefined) return allow(req, res, next);
    res.vary('Origin');
    next();
  };
}

/** How long a browser need not ask again what it may send; none of them keeps it for longer. */
const preflightSeconds = 7_200;

/** The headers of a reply that a page of another origin may read. */
const exposedHeaders = ['ETag', 'Location', 'RateLimit', 'RateLimit-Policy', 'Retry-After', 'X-Request-Id'];

/** What HTTP asks of every request, and {@link createHttpServer} leaves to the app, whose refusals are problems. */
const ofHttp: RequestHandler = (req, _res, next) => {
  const { expect, host } = req.headers;
  if (expect !== undefined && !/^100-continue$/i.test(expect)) {
    throw problem('expectation-failed', {
      detail: `The header Expect must be 100-continue, not "${expect}".`,
    });
  }
  if (host === undefined && req.httpVersion === '1.1') throw problem('host-missing');
  next();
};

/** Not event streams: an event would wait in the compressor for the next ones. */
const mayCompress: compression.CompressionFilter = (req, res) =>
  !/^text\/event-stream\b/i.test(String(res.getHeader('Content-Type'))) && compression.filter(req, res);

const compress = compression({ threshold: 1_024, filter: mayCompress });

/** Costs nothing for those who take no compressed replies, other services say. */
const compressed: RequestHandler = (req, res, next) => {
  // Also of a 304, which has no body that `compression` would look at.
  res.vary('Accept-Encoding');
  if (req.headers['accept-encoding'] !== undefined) return compress(req, res, next);
  next();
};

const quietPaths = new Set(['/healthz', '/readyz']);
