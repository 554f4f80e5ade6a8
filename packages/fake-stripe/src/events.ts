import Stripe from 'stripe';
import { newId } from './ids.ts';
import type { Charge, EventType, PaymentIntent, StripeEvent } from './objects.ts';
import type { ApiRequest } from './request.ts';

/** Adds an event to the request's writes; `object` is what the event shows, as it is now. */
export function addEvent(request: ApiRequest, type: EventType, object: PaymentIntent | Charge): void {
  const event: StripeEvent = {
    id: newId('evt'),
    object: 'event',
    api_version: Stripe.API_VERSION,
    created: request.now,
    data: { object },
    livemode: false,
    request: { id: request.id, idempotency_key: request.idempotencyKey },
    type,
  };
  request.writes.push(['events', event.id, event]);
}
