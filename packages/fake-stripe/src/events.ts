import Stripe from 'stripe';
import { noSuch } from './errors.ts';
import { newId } from './ids.ts';
import { pageOf } from './lists.ts';
import type { Charge, EventType, PaymentIntent, StripeEvent } from './objects.ts';
import { optionalText } from './params.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';
import type { Tables } from './state.ts';

/** Adds an event to the request's writes; `object` is what the event shows, as it is now. */
export function addEvent(request: ApiRequest, type: EventType, object: PaymentIntent | Charge): void {
  const event: StripeEvent = {
    id: newId('evt'),
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: request.now,
    data: { object },
    livemode: false,
    pending_webhooks: 0,
    request: { id: request.id, idempotency_key: request.idempotencyKey },
    type,
  };
  request.writes.push(['events', event.id, event]);
}

/** GET /v1/events/:id */
export function retrieveEvent(request: ApiRequest): Reply {
  const event = request.tables.events.get(request.target);
  if (!event) throw noSuch('event', request.target, 'id');
  return ok(withPending(request.tables, event));
}

/** GET /v1/events, newest first, by `type` or `types`. */
export function listEvents(request: ApiRequest): Reply {
  const { tables, params } = request;
  const type = optionalText(params, 'type');
  const types = Array.isArray(params['types']) ? params['types'] : undefined;
  const wanted = [...tables.events.values()].filter(
    (event) => (!type || event.type === type) && (!types || types.includes(event.type)),
  );
  const page = pageOf(wanted, params, '/v1/events');
  return ok({ ...page, data: page.data.map((event) => withPending(tables, event)) });
}

/** The event with the number of endpoints that have not accepted it yet. */
function withPending(tables: Tables, event: StripeEvent): StripeEvent {
  let pending = 0;
  for (const delivery of tables.deliveries.values()) if (delivery.event === event.id) pending += 1;
  return { ...event, pending_webhooks: pending };
}
