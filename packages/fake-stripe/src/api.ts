import { setTimeout as delay } from 'node:timers/promises';
import type { Request, RequestHandler, Response } from 'express';
import Stripe from 'stripe';
import { checkClientSecret, identify, publicView, refusePublishableKey } from './auth.ts';
import { type ExecuteDeps, execute } from './execute.ts';
import { take } from './faults.ts';
import { alone, fingerprint, readIdempotencyKey } from './idempotency.ts';
import { newId, unixNow } from './ids.ts';
import type { ApiRequest, Params } from './request.ts';
import type { Route } from './routes.ts';
import type { Webhooks } from './webhooks.ts';

export interface ApiDeps extends ExecuteDeps {
  readonly webhooks: Webhooks;
  /** Idempotency keys whose request is being answered. */
  readonly busyKeys: Set<string>;
  /** Aborted when the server stops; cuts artificial delays short. */
  readonly stopping: AbortSignal;
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
      const executed = execute(deps, route, request, fingerprint(req.method, req.path, request.params));
      // Nothing is answered, not even a read, before all that it shows is on disk.
      await deps.state.synced();
      deps.webhooks.send(executed.deliveries);
      if (executed.originalRequest !== undefined) {
        res.set({ 'Idempotent-Replayed': 'true', 'Original-Request': executed.originalRequest });
      }
      // A retry would only get the stored 5xx again; Stripe tells the SDK so.
      if (executed.status >= 500 && request.idempotencyKey !== null) res.set('Stripe-Should-Retry', 'false');
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
  const { faults, stopping } = deps;
  if (faults.slowMs > 0) await delay(faults.slowMs, undefined, { signal: stopping }).catch(() => {});
  if (route.method === 'post' && take(faults, 'dropReplies')) res.destroy();
  else res.status(status).json(body);
}

/** What a route's function is given; `params` from the query or from the form. */
export function apiRequest({ state }: ApiDeps, req: Request, params: Params): ApiRequest {
  return {
    id: newId('req'),
    idempotencyKey: req.method === 'POST' ? readIdempotencyKey(req.get('idempotency-key')) : null,
    origin: `${req.protocol}://${req.get('host') ?? 'localhost'}`,
    target: String(req.params['id'] ?? ''),
    params,
    tables: state.tables,
    now: unixNow(),
    writes: [],
  };
}
