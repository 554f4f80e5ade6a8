import { randomBytes } from 'node:crypto';
import type { ErrorBody } from './errors.ts';
import type { Charge, Dispute, EventType, PaymentIntent, Refund, StripeEvent } from './objects.ts';
import type { Params } from './params.ts';
import type { State } from './state.ts';

/** What a handler gets. A handler runs without an `await`, and throws before its first `put` or not at all. */
export interface ApiRequest {
  readonly path: string;
  /** `:id` of the path. */
  readonly id: string;
  readonly params: Params;
  readonly idempotencyKey: string | undefined;
  readonly state: State;
  /** Unix seconds. */
  readonly now: number;
  /** How the client addressed this server, for the page of the second step. */
  readonly origin: string;
  /** Events that the request caused; they are sent once it is committed. */
  readonly events: StripeEvent[];
}

export interface Reply {
  readonly status: number;
  readonly body: object;
}

export type Handler = (request: ApiRequest) => Reply;

export const ok = (body: object): Reply => ({ status: 200, body });

/** An error that is stored under the idempotency key, unlike those that are thrown. */
export const failure = (status: number, error: ErrorBody): Reply => ({ status, body: { error } });

export function newId(prefix: string): string {
  return `${prefix}_${randomBytes(12).toString('hex')}`;
}

export function addEvent(
  request: ApiRequest,
  type: EventType,
  object: PaymentIntent | Charge | Dispute | Refund,
): void {
  const event: StripeEvent = {
    id: newId('evt'),
    object: 'event',
    created: request.now,
    data: { object },
    type,
  };
  request.state.put('events', event.id, event);
  request.state.put('unsent_events', event.id, event);
  request.events.push(event);
}
