import { requireUtf8Form, requireUtf8Request } from '@shop/service-kit';
import express, { type ErrorRequestHandler, type Express } from 'express';
import { type ApiDeps, apiRoute } from './api.ts';
import { authenticationPage } from './authentication-page.ts';
import { closeDispute, openDispute, retrieveDispute, submitEvidence } from './disputes.ts';
import { StripeError, serverError } from './errors.ts';
import { listCharges, listEvents, listPaymentIntents, listRefunds } from './lists.ts';
import {
  cancelPaymentIntent,
  confirmPaymentIntent,
  createPaymentIntent,
  retrievePaymentIntent,
  searchPaymentIntents,
} from './payment-intents.ts';
import { createRefund } from './refunds.ts';

export function createApp(deps: ApiDeps, log: (message: string) => void): Express {
  const app = express();
  app.disable('x-powered-by');
  app.set('query parser', 'extended');
  app.get(['/healthz', '/readyz'], (_req, res) => {
    res.json({ status: 'ok' });
  });
  app.use(requireUtf8Request, express.urlencoded({ extended: true, verify: requireUtf8OfForm }));
  app.use('/v1', (_req, res, next) => {
    // The key protects a payment, not the origin of the page.
    res.set('Access-Control-Allow-Origin', '*');
    next();
  });
  app.post('/v1/payment_intents', apiRoute(deps, createPaymentIntent, { creates: true }));
  app.get('/v1/payment_intents', apiRoute(deps, listPaymentIntents));
  app.get('/v1/payment_intents/search', apiRoute(deps, searchPaymentIntents));
  app.get('/v1/payment_intents/:id', apiRoute(deps, retrievePaymentIntent, { publishable: true }));
  app.post('/v1/payment_intents/:id/confirm', apiRoute(deps, confirmPaymentIntent, { publishable: true }));
  app.post('/v1/payment_intents/:id/cancel', apiRoute(deps, cancelPaymentIntent));
  app.post('/v1/refunds', apiRoute(deps, createRefund, { creates: true }));
  app.get('/v1/refunds', apiRoute(deps, listRefunds));
  app.get('/v1/disputes/:id', apiRoute(deps, retrieveDispute));
  app.post('/v1/disputes/:id', apiRoute(deps, submitEvidence));
  app.post('/v1/disputes/:id/close', apiRoute(deps, closeDispute));
  app.post('/v1/disputes', apiRoute(deps, openDispute));
  app.get('/v1/charges', apiRoute(deps, listCharges));
  app.get('/v1/events', apiRoute(deps, listEvents));
  app.use('/authenticate', authenticationPage(deps));
  app.use((req) => {
    const message = `Unrecognized request URL (${req.method}: ${req.path}).`;
    throw new StripeError(404, { type: 'invalid_request_error', message });
  });
  app.use(replyToError(log));
  return app;
}

const requireUtf8OfForm = (_req: unknown, _res: unknown, body: Buffer) => requireUtf8Form(body);

function replyToError(log: (message: string) => void): ErrorRequestHandler {
  return (error, _req, res, _next) => {
    if (error instanceof StripeError) {
      res.status(error.status).json({ error: error.body });
    } else if (error.status >= 400 && error.status < 500) {
      // Of Express' own parsers, and of what is no text.
      res.status(error.status).json({ error: { type: 'invalid_request_error', message: error.message } });
    } else {
      log(`request failed: ${error.stack}`);
      res.status(500).json({ error: serverError });
    }
  };
}
