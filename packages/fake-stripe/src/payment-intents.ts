import { invalidParameter, noSuch, unexpectedState } from './errors.ts';
import { addEvent } from './events.ts';
import { newId, randomText } from './ids.ts';
import type { PaymentIntent } from './objects.ts';
import { optionalText, type Params, readMetadata, requiredAmount, requiredCurrency } from './params.ts';
import { confirm } from './payments.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

/** POST /v1/payment_intents */
export function createPaymentIntent(request: ApiRequest): Reply {
  const intent = newPaymentIntent(request.params, request.now);
  request.state.put('payment_intents', intent.id, intent);
  addEvent(request, 'payment_intent.created', intent);
  return ok(intent);
}

/** GET /v1/payment_intents/:id, with the charge itself for `expand[]=latest_charge`. */
export function retrievePaymentIntent(request: ApiRequest): Reply {
  const { params, state } = request;
  const intent = findPaymentIntent(request);
  const expand = params['expand'];
  if (expand === undefined) return ok(intent);
  if (!Array.isArray(expand) || expand.some((path) => path !== 'latest_charge')) {
    throw invalidParameter('expand', 'Only latest_charge can be expanded here.');
  }
  return ok({ ...intent, latest_charge: state.charges.get(intent.latest_charge ?? '') ?? null });
}

/** POST /v1/payment_intents/:id/confirm */
export function confirmPaymentIntent(request: ApiRequest): Reply {
  const intent = findPaymentIntent(request);
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    const message = `You cannot confirm this PaymentIntent because it has a status of ${intent.status}.`;
    throw unexpectedState(message, intent);
  }
  return confirm(request, intent);
}

/** POST /v1/payment_intents/:id/cancel */
export function cancelPaymentIntent(request: ApiRequest): Reply {
  const intent = findPaymentIntent(request);
  if (intent.status === 'succeeded' || intent.status === 'canceled') {
    const message = `You cannot cancel this PaymentIntent because it has a status of ${intent.status}.`;
    throw unexpectedState(message, intent);
  }
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    canceled_at: request.now,
    next_action: null,
  };
  request.state.put('payment_intents', canceled.id, canceled);
  addEvent(request, 'payment_intent.canceled', canceled);
  return ok(canceled);
}

export function findPaymentIntent(request: ApiRequest): PaymentIntent {
  const intent = request.state.payment_intents.get(request.target);
  if (!intent) throw noSuch('payment_intent', request.target, 'intent');
  return intent;
}

function newPaymentIntent(params: Params, now: number): PaymentIntent {
  const id = newId('pi');
  return {
    id,
    object: 'payment_intent',
    amount: requiredAmount(params),
    amount_capturable: 0,
    amount_received: 0,
    automatic_payment_methods: { allow_redirects: 'always', enabled: true },
    canceled_at: null,
    capture_method: 'automatic',
    client_secret: `${id}_secret_${randomText()}`,
    confirmation_method: 'automatic',
    created: now,
    currency: requiredCurrency(params),
    customer: optionalText(params, 'customer') ?? null,
    description: optionalText(params, 'description') ?? null,
    last_payment_error: null,
    latest_charge: null,
    livemode: false,
    metadata: readMetadata(params),
    next_action: null,
    payment_method: optionalText(params, 'payment_method') ?? null,
    payment_method_types: ['card'],
    processing: null,
    receipt_email: optionalText(params, 'receipt_email') ?? null,
    setup_future_usage: null,
    shipping: null,
    statement_descriptor: null,
    status: 'requires_payment_method',
  };
}
