import express, { type ErrorRequestHandler, type Express, type RequestHandler } from 'express';
import { type ApiDeps, apiHandler } from './api.ts';
import { authenticationRoutes } from './authentication-routes.ts';
import { SERVER_ERROR, StripeError } from './errors.ts';
import { ROUTES } from './routes.ts';

/** The HTTP side of it all. */
export function createApp(deps: ApiDeps, log: (message: string) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.disable('etag');
  app.set('query parser', 'extended');
  app.get('/healthz', (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.use(express.urlencoded({ extended: true, limit: '100kb' }));
  app.use('/v1', allowBrowsers);
  for (const route of ROUTES) app[route.method](route.path, apiHandler(deps, route));
  app.use('/authenticate', authenticationRoutes(deps));
  app.use(unknownAddress, answerError(log));
  return app;
}

/** As Stripe does: any page may call, because the key and not the origin is what protects. */
const allowBrowsers: RequestHandler = (_req, res, next) => {
  res.set('Access-Control-Allow-Origin', '*');
  next();
};

const unknownAddress: RequestHandler = (req) => {
  const message = `Unrecognized request URL (${req.method}: ${req.path}).`;
  throw new StripeError(404, { type: 'invalid_request_error', message }, { replayable: false });
};

function answerError(log: (message: string) => void): ErrorRequestHandler {
  return (error: unknown, _req, res, _next) => {
    if (error instanceof StripeError) {
      if (error.status === 401) res.set('WWW-Authenticate', 'Basic realm="Stripe"');
      res.status(error.status).json({ error: error.body });
      return;
    }
    const status = clientErrorStatus(error);
    if (status !== undefined) {
      const message = 'The body could not be read.';
      res.status(status).json({ error: { type: 'invalid_request_error', message } });
      return;
    }
    log(`request failed: ${error instanceof Error ? error.stack : String(error)}`);
    res.status(500).json({ error: SERVER_ERROR });
  };
}

/** The 4xx that Express's own parsers put on what they throw. */
function clientErrorStatus(error: unknown): number | undefined {
  if (!(error instanceof Error) || !('status' in error)) return undefined;
  const { status } = error;
  return typeof status === 'number' && status >= 400 && status < 500 ? status : undefined;
}
