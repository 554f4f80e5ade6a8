import { SERVER_ERROR, StripeError } from './errors.ts';
import { type FaultSettings, take } from './faults.ts';
import { findReply } from './idempotency.ts';
import type { ApiRequest, Reply } from './request.ts';
import type { Route } from './routes.ts';
import type { State } from './state.ts';
import { owe } from './webhooks.ts';

export interface Executed extends Reply {
  /** The request that was executed first, when this reply repeats its answer. */
  readonly originalRequest?: string;
  /** Webhook deliveries to send once the commit is durable. */
  readonly deliveries: readonly string[];
}

export interface ExecuteDeps {
  readonly state: State;
  readonly faults: FaultSettings;
  readonly endpointCount: () => number;
}

/**
 * Executes a request and commits its effects, its events, what it owes to webhooks and the reply
 * under its idempotency key, all in one journal entry. A key seen before is only answered again.
 * @throws StripeError for a refusal that is not kept under the key
 */
export function execute(
  { state, faults, endpointCount }: ExecuteDeps,
  route: Route,
  request: ApiRequest,
  print: string,
): Executed {
  const key = request.idempotencyKey;
  const stored = key === null ? undefined : findReply(state.tables, key, print, request.now, route.path);
  if (stored) {
    const { status, body, requestId } = stored;
    return { status, body, originalRequest: requestId, deliveries: [] };
  }
  const reply = perform(faults, route, request);
  const owed = owe(request.writes, endpointCount());
  request.writes.push(...owed.writes);
  if (key !== null) {
    const row = { ...reply, fingerprint: print, requestId: request.id, created: request.now };
    request.writes.push(['replies', key, row]);
  }
  state.commit(request.writes);
  return { ...reply, deliveries: owed.ids };
}

function perform(faults: FaultSettings, route: Route, request: ApiRequest): Reply {
  if (route.creates && take(faults, 'failCreates')) return brokenReply();
  try {
    const reply = route.handle(request);
    if (route.creates && take(faults, 'failCreatesAfterEffect')) return brokenReply();
    return reply;
  } catch (error) {
    if (!(error instanceof StripeError) || !error.replayable) throw error;
    // Thrown before anything was written, so only the refusal itself is committed.
    request.writes.length = 0;
    return { status: error.status, body: { error: error.body } };
  }
}

function brokenReply(): Reply {
  return { status: 500, body: { error: SERVER_ERROR } };
}
