import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import Stripe from 'stripe';
import { checkClientSecret, identify, publicView, refusePublishableKey } from './auth.ts';
import { type ExecuteDeps, execute } from './execute.ts';
import { take } from './faults.ts';
import { alone, readIdempotencyKey } from './idempotency.ts';
import { newId, unixNow } from './ids.ts';
import type { Params } from './params.ts';
import type { ApiRequest } from './request.ts';
import type { Route } from './routes.ts';

export interface ApiDeps extends ExecuteDeps {
  /** Idempotency keys whose request is being answered. */
  readonly busyKeys: Set<string>;
}

/** From HTTP to a route's function and back: key, idempotency, durability, faults. */
export function apiHandler(deps: ApiDeps, route: Route): RequestHandler {
  return async (req, res) => {
    const request = apiRequest(deps, req, req.method === 'GET' ? req.query : (req.body ?? {}));
    res.set({ 'Request-Id': request.id, 'Stripe-Version': Stripe.API_VERSION });
    if (request.idempotencyKey !== null) res.set('Idempotency-Key', request.idempotencyKey);
    const caller = identify(req.get('authorization'), request.params);
    if (caller === 'publishable-key') {
      if (!route.publishable) throw refusePublishableKey();
      checkClientSecret(request);
    }
    await alone(deps.busyKeys, request.idempotencyKey, async () => {
      const executed = execute(deps, route, request);
      if (executed.replayed) res.set('Idempotent-Replayed', 'true');
      const body = caller === 'publishable-key' ? publicView(executed.body) : executed.body;
      await reply(deps, route, res, executed.status, body);
    });
  };
}

async function reply(
  deps: ApiDeps,
  route: Route,
  res: Response,
  status: number,
  body: object,
): Promise<void> {
  const { faults } = deps;
  if (faults.slowMs > 0) await delay(faults.slowMs, undefined, { ref: false });
  if (route.method === 'post' && take(faults, 'dropReplies')) res.destroy();
  else res.status(status).json(body);
}

/** What a route's function is given; `params` from the query or from the form. */
export function apiRequest({ state }: ApiDeps, req: Request, params: Params): ApiRequest {
  return {
    id: newId('req'),
    path: req.path,
    idempotencyKey: req.method === 'POST' ? readIdempotencyKey(req.get('idempotency-key')) : null,
    origin: `${req.protocol}://${req.get('host') ?? 'localhost'}`,
    target: String(req.params['id'] ?? ''),
    params,
    state,
    now: unixNow(),
    events: [],
  };
}
