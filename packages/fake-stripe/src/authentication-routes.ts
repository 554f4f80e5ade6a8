import { type Request, type RequestHandler, Router } from 'express';
import { type ApiDeps, apiRequest } from './api.ts';
import { checkClientSecret } from './auth.ts';
import { authenticatePaymentIntent, authenticationPage, returnAddress } from './authentication.ts';
import { execute } from './execute.ts';
import { findPaymentIntent } from './payment-intents.ts';
import type { ApiRequest } from './request.ts';

const ROUTE = { method: 'post', path: '/authenticate/:id', handle: authenticatePaymentIntent } as const;

/** The bank's page that `next_action.redirect_to_url` leads to; the client secret in the address opens it. */
export function authenticationRoutes(deps: ApiDeps): Router {
  const show: RequestHandler = (req, res) => {
    const intent = findPaymentIntent(readRequest(deps, req));
    res.type('html').send(authenticationPage(intent));
  };
  const decide: RequestHandler = (req, res) => {
    const request = readRequest(deps, req);
    const before = findPaymentIntent(request);
    execute(deps, ROUTE, request);
    const after = findPaymentIntent(request);
    const target = returnAddress(before, after);
    if (target) res.redirect(303, target);
    else res.type('html').send(authenticationPage(after));
  };
  const router = Router();
  router.get('/:id', show);
  router.post('/:id', decide);
  return router;
}

function readRequest(deps: ApiDeps, req: Request): ApiRequest {
  const request = apiRequest(deps, req, { ...req.query, ...req.body });
  checkClientSecret(request);
  return request;
}
