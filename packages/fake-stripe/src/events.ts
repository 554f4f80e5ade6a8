import Stripe from 'stripe';
import { newId } from './ids.ts';
import type { Charge, EventType, PaymentIntent, StripeEvent } from './objects.ts';
import type { ApiRequest } from './request.ts';

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
  request.state.put('unsent_events', event.id, event);
  request.events.push(event);
}
