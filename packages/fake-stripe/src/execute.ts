import { SERVER_ERROR, StripeError } from './errors.ts';
import { type FaultSettings, take } from './faults.ts';
import { findReply } from './idempotency.ts';
import type { ApiRequest, Reply } from './request.ts';
import type { Route } from './routes.ts';
import type { State } from './state.ts';
import type { Webhooks } from './webhooks.ts';

export interface Executed extends Reply {
  /** Whether this repeats the first reply under an idempotency key. */
  readonly replayed: boolean;
}

export interface ExecuteDeps {
  readonly state: State;
  readonly webhooks: Webhooks;
  readonly faults: FaultSettings;
}

/**
 * Executes a request and commits what it did together with the reply under its idempotency key, then sends its
 * webhooks. The first reply to a key is repeated.
 * @throws StripeError for a refusal that is not kept under the key
 */
export function execute(
  { state, webhooks, faults }: ExecuteDeps,
  route: Route,
  request: ApiRequest,
): Executed {
  const { path, params, idempotencyKey: key } = request;
  const stored = key === null ? undefined : findReply(request);
  if (stored) return { ...stored, replayed: true };
  const reply = perform(faults, route, request);
  if (key !== null) state.put('replies', key, { ...reply, path, params });
  state.commit();
  for (const event of request.events) webhooks.send(event);
  return { ...reply, replayed: false };
}

function perform(faults: FaultSettings, route: Route, request: ApiRequest): Reply {
  if (route.creates && take(faults, 'failCreates')) return brokenReply();
  try {
    const reply = route.handle(request);
    if (route.creates && take(faults, 'failCreatesAfterEffect')) return brokenReply();
    return reply;
  } catch (error) {
    if (!(error instanceof StripeError) || !error.replayable) throw error;
    return { status: error.status, body: { error: error.body } };
  }
}

function brokenReply(): Reply {
  return { status: 500, body: { error: SERVER_ERROR } };
}
