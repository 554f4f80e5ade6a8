import type { IncomingMessage } from 'node:http';
import cors from 'cors';
import express, { type Express, type RequestHandler, type Router } from 'express';
import helmet from 'helmet';
import { pinoHttp } from 'pino-http';
import { AppError } from './errors.ts';
import { type HealthChecks, healthRoutes } from './health.ts';
import type { Logger } from './logger.ts';
import type { Metrics } from './metrics.ts';
import { type OpenApiDocument, openApiRoutes } from './openapi.ts';
import { problemHandler, routeNotFound } from './problem.ts';
import { continueTrace, withTrace } from './trace.ts';

export interface HttpAppOptions {
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly health: HealthChecks;
  /** Origins whose pages may call this service; none by default, as browsers go through the gateway. */
  readonly corsOrigins?: readonly string[];
  /** How many proxies stand before this service (Express' `trust proxy`); 0 trusts no forwarding header. */
  readonly trustProxy?: number;
  /** Routes that need the body's raw bytes; they come before the JSON parser. */
  readonly rawRoutes?: readonly Router[];
  readonly routes: readonly Router[];
  /** Served at `/openapi.json` and, as a page, at `/docs`. */
  readonly document?: OpenApiDocument;
  /** Sees every request before anything else does: how tests hold the replies against the document. */
  readonly observer?: RequestHandler | undefined;
}

/** Bodies beyond this are answered 413. */
const bodyLimit = '100kb';

/**
 * The Express app that every service is: security headers, CORS allow list, trace and request id, access log,
 * metrics, health, JSON bodies of limited size, the service's routes, and problem documents for all else.
 */
export function createHttpApp(options: HttpAppOptions): Express {
  const { logger, metrics, health, corsOrigins = [], trustProxy = 0, rawRoutes = [], routes } = options;
  const { document, observer } = options;
  const app = express();
  app.disable('x-powered-by');
  app.set('trust proxy', trustProxy);
  app.set('query parser', 'simple');
  if (observer !== undefined) app.use(observer);
  app.use(tracing, accessLog(logger), metrics.observeRequests, helmet());
  app.use(
    cors({ origin: [...corsOrigins], exposedHeaders: ['ETag', 'Location', 'Retry-After', 'X-Request-Id'] }),
  );
  app.use(healthRoutes(health));
  app.get('/metrics', async (_req, res) => {
    res.type(metrics.registry.contentType).send(await metrics.registry.metrics());
  });
  if (document !== undefined) app.use(openApiRoutes(document));
  for (const router of rawRoutes) app.use(router);
  app.use(jsonOnly, express.json({ limit: bodyLimit, strict: false, type: isJson }));
  for (const router of routes) app.use(router);
  app.use(routeNotFound, problemHandler(logger));
  return app;
}

const tracing: RequestHandler = (req, res, next) => {
  const trace = continueTrace(req.get('x-request-id'), req.get('traceparent'));
  res.set('X-Request-Id', trace.requestId);
  withTrace(trace, next);
};

const quietPaths = new Set(['/healthz', '/readyz', '/metrics']);

function accessLog(logger: Logger): RequestHandler {
  return pinoHttp({
    logger,
    autoLogging: { ignore: (req) => quietPaths.has(req.url ?? '') },
    // The trace already carries the request's id, and headers may carry secrets.
    quietReqLogger: true,
    serializers: {
      req: (req: { method: string; url: string }) => ({ method: req.method, path: req.url.split('?')[0] }),
      res: (res: { statusCode: number }) => ({ status: res.statusCode }),
      err: () => undefined,
    },
    customLogLevel: (_req, res) => (res.statusCode >= 500 ? 'warn' : 'info'),
  });
}

const isJson = (req: IncomingMessage) =>
  /^application\/([\w.+-]+\+)?json\s*(;|$)/i.test(req.headers['content-type'] ?? '');

/** A body in another format is 415 rather than silently no body at all. */
const jsonOnly: RequestHandler = (req, _res, next) => {
  const hasBody =
    req.headers['transfer-encoding'] !== undefined || Number(req.headers['content-length'] ?? 0) > 0;
  if (hasBody && !isJson(req)) {
    const given = req.get('content-type') ?? 'no content type';
    throw new AppError(
      'unsupported-media-type',
      'unsupported-media-type',
      `The body must be JSON, not ${given}.`,
    );
  }
  next();
};
