import { setTimeout as delay } from 'node:timers/promises';
import { isDeepStrictEqual } from 'node:util';
import type { Request, RequestHandler } from 'express';
import { rateLimited, refusal, StripeError, serverError } from './errors.ts';
import { type FaultSettings, take } from './faults.ts';
import { checkKey, publicView } from './keys.ts';
import { type ApiRequest, failure, type Handler, newId, type Reply } from './request.ts';
import type { State, StoredReply } from './state.ts';
import type { Webhooks } from './webhooks.ts';

export interface ApiDeps {
  readonly state: State;
  readonly webhooks: Webhooks;
  readonly faults: FaultSettings;
  /** Idempotency keys of requests that are being answered; undefined for those without one. */
  readonly busyKeys: Set<string | undefined>;
}

interface RouteOptions {
  /** May be called with a publishable key and the client secret. */
  readonly publishable?: boolean;
  /** Fails when the faults of creates say so. */
  readonly creates?: boolean;
}

/** Serves a route of Stripe's API: checks the key, executes a request once for an idempotency key, replies. */
export function apiRoute(
  deps: ApiDeps,
  handler: Handler,
  { publishable = false, creates = false }: RouteOptions = {},
): RequestHandler {
  const { faults, busyKeys } = deps;
  const perform = creates ? withFaults(handler, faults) : handler;
  return async (req, res) => {
    const request = readRequest(deps, req);
    const key = request.idempotencyKey;
    res.set('Request-Id', newId('req'));
    const isPublic = checkKey(req, request, publishable);
    if (take(faults, 'refuseRequests')) throw new StripeError(429, rateLimited);
    const stored = findReply(deps, request);
    if (stored !== undefined) res.set('Idempotent-Replayed', 'true');
    const { status, body } = stored ?? execute(deps, perform, request);
    if (faults.slowMs > 0) {
      busyKeys.add(key);
      await delay(faults.slowMs, undefined, { ref: false });
      busyKeys.delete(key);
    }
    if (req.method === 'POST' && take(faults, 'dropReplies')) res.destroy();
    else res.status(status).json(isPublic ? publicView(body) : body);
  };
}

export function readRequest({ state }: ApiDeps, req: Request): ApiRequest {
  return {
    path: req.path,
    id: String(req.params['id'] ?? ''),
    params: { ...req.query, ...req.body },
    idempotencyKey: req.method === 'POST' ? req.get('idempotency-key') : undefined,
    state,
    now: Math.floor(Date.now() / 1000),
    origin: `${req.protocol}://${req.get('host')}`,
    events: [],
  };
}

/** Executes a request and commits what it did together with its reply, then sends its webhooks. */
export function execute({ state, webhooks }: ApiDeps, handler: Handler, request: ApiRequest): Reply {
  const { path, params, idempotencyKey: key, events } = request;
  const reply = handler(request);
  if (key !== undefined) state.put('replies', key, { ...reply, path, params });
  state.commit();
  for (const event of events) webhooks.send(event);
  return reply;
}

/** The first reply to the request's idempotency key, a 500 included. */
function findReply({ state, busyKeys }: ApiDeps, request: ApiRequest): StoredReply | undefined {
  const { idempotencyKey: key, path, params } = request;
  if (key === undefined) return undefined;
  if (busyKeys.has(key)) {
    const message = `Another request with the idempotency key ${key} is in progress. Please try again later.`;
    throw new StripeError(409, { type: 'idempotency_error', code: 'idempotency_key_in_use', message });
  }
  const stored = state.replies.get(key);
  if (stored === undefined) return undefined;
  if (stored.path !== path || !isDeepStrictEqual(stored.params, params)) {
    const message = `The idempotency key ${key} can only be used with the parameters of its first request.`;
    throw new StripeError(400, { type: 'idempotency_error', message });
  }
  return stored;
}

function withFaults(handler: Handler, faults: FaultSettings): Handler {
  return (request) => {
    if (take(faults, 'refuseCreates')) throw new StripeError(400, refusal);
    if (take(faults, 'failCreates')) return failure(500, serverError);
    const reply = handler(request);
    return take(faults, 'failCreatesAfterEffect') ? failure(500, serverError) : reply;
  };
}
