import { dispute } from './disputes.ts';
import { invalidParameter, notFound } from './errors.ts';
import type { EventType, PaymentIntent } from './objects.ts';
import { optionalText, type Params, readMetadata, requiredCharge, requiredText } from './params.ts';
import { type Decline, outcomeOf, refundOutcomeOf } from './payment-methods.ts';
import { type ApiRequest, addEvent, failure, newId, ok, type Reply } from './request.ts';

/** POST /v1/payment_intents */
export function createPaymentIntent(request: ApiRequest): Reply {
  const { params, now } = request;
  const id = newId('pi');
  const intent: PaymentIntent = {
    id,
    object: 'payment_intent',
    ...requiredCharge(params),
    automatic_payment_methods: automaticMethods(params),
    client_secret: `${id}_${newId('secret')}`,
    created: now,
    last_payment_error: null,
    latest_charge: null,
    metadata: readMetadata(params),
    next_action: null,
    status: 'requires_payment_method',
  };
  return ok(save(request, intent, 'payment_intent.created'));
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

const metadataTerm = /^metadata\['([^'\\]+)'\]:'([^'\\]*)'$/;

/** What Stripe returns unless a `limit` is given. */
const pageSize = 10;

/**
 * GET /v1/payment_intents/search, the newest ten. Of Stripe's query language it reads one term,
 * `metadata['key']:'value'`. It finds a new payment at once; Stripe itself may take a minute.
 */
export function searchPaymentIntents({ params, state }: ApiRequest): Reply {
  const [, key = '', value] = metadataTerm.exec(requiredText(params, 'query')) ?? [];
  if (value === undefined) throw invalidParameter('query', 'Only one metadata term can be searched here.');
  const intents = [...state.payment_intents.values()].reverse();
  const found = intents.filter(({ metadata }) => metadata[key] === value);
  return ok({
    object: 'search_result',
    data: found.slice(0, pageSize),
    has_more: found.length > pageSize,
    next_page: null,
    url: '/v1/payment_intents/search',
  });
}

/** POST /v1/payment_intents/:id/confirm */
export function confirmPaymentIntent(request: ApiRequest): Reply {
  const { params, origin } = request;
  const intent = findPaymentIntent(request);
  if (isFinal(intent)) return unexpectedState(intent, 'confirm');
  const returnUrl = optionalText(params, 'return_url') ?? null;
  const outcome = outcomeOf(params);
  if (outcome === 'succeeds') return ok(succeed(request, intent));
  if (outcome === 'is disputed') return ok(succeedDisputed(request, intent));
  if (outcome === 'leaves the page') requireWayBack(intent, returnUrl);
  else if (outcome !== 'asks for a second step') return decline(request, intent, outcome);
  const url = `${origin}/authenticate/${intent.id}?client_secret=${intent.client_secret}`;
  const waiting: PaymentIntent = {
    ...intent,
    status: 'requires_action',
    last_payment_error: null,
    next_action: { type: 'redirect_to_url', redirect_to_url: { url, return_url: returnUrl } },
  };
  return ok(save(request, waiting, 'payment_intent.requires_action'));
}

/** Customers of a method that redirects must find back to the shop; a shop may not want them to leave at all. */
function requireWayBack({ automatic_payment_methods: methods }: PaymentIntent, returnUrl: string | null) {
  if (methods?.allow_redirects === 'never') {
    throw invalidParameter(
      'payment_method_data[type]',
      'This PaymentIntent allows no methods that redirect.',
    );
  }
  if (returnUrl === null) {
    const message = 'You must provide a `return_url` for payment methods that redirect.';
    throw invalidParameter('return_url', message, 'parameter_missing');
  }
}

/** POST /v1/payment_intents/:id/cancel */
export function cancelPaymentIntent(request: ApiRequest): Reply {
  const intent = findPaymentIntent(request);
  if (isFinal(intent)) return unexpectedState(intent, 'cancel');
  const canceled: PaymentIntent = {
    ...intent,
    status: 'canceled',
    canceled_at: request.now,
    next_action: null,
  };
  return ok(save(request, canceled, 'payment_intent.canceled'));
}

function automaticMethods(params: Params) {
  const { enabled, allow_redirects: redirects } = Object(params['automatic_payment_methods']) as Params;
  if (enabled !== 'true') return null;
  return { enabled: true, allow_redirects: redirects === 'never' ? 'never' : 'always' } as const;
}

export function findPaymentIntent({ id, state }: ApiRequest): PaymentIntent {
  const intent = state.payment_intents.get(id);
  if (intent === undefined) throw notFound('payment_intent', id, 'intent');
  return intent;
}

export function succeed(request: ApiRequest, intent: PaymentIntent): PaymentIntent {
  const paid: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    last_payment_error: null,
    latest_charge: addCharge(request, intent, true),
    next_action: null,
  };
  return save(request, paid, 'payment_intent.succeeded');
}

/** The customer's bank takes the money back at once. */
function succeedDisputed(request: ApiRequest, intent: PaymentIntent): PaymentIntent {
  const paid = succeed(request, intent);
  const charge = request.state.charges.get(paid.latest_charge ?? '');
  if (charge !== undefined) dispute(request, charge);
  return paid;
}

/** The customer may try again, with another card. */
export function fail(
  request: ApiRequest,
  intent: PaymentIntent,
  error: NonNullable<PaymentIntent['last_payment_error']>,
): PaymentIntent {
  const failed: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    last_payment_error: error,
    latest_charge: error.charge ?? intent.latest_charge,
    next_action: null,
  };
  return save(request, failed, 'payment_intent.payment_failed');
}

function decline(request: ApiRequest, intent: PaymentIntent, reason: Decline): Reply {
  const error = { type: 'card_error', ...reason, charge: addCharge(request, intent, false) } as const;
  return failure(402, { ...error, payment_intent: fail(request, intent, error) });
}

function addCharge({ state, now, params }: ApiRequest, intent: PaymentIntent, paid: boolean): string {
  const { amount, currency } = intent;
  const id = newId('ch');
  const refundOutcome = refundOutcomeOf(params);
  state.put('charges', id, {
    id,
    object: 'charge',
    amount,
    amount_refunded: 0,
    created: now,
    currency,
    paid,
    payment_intent: intent.id,
    refunded: false,
    ...(refundOutcome && { refund_outcome: refundOutcome }),
  });
  return id;
}

function save(request: ApiRequest, intent: PaymentIntent, event: EventType): PaymentIntent {
  request.state.put('payment_intents', intent.id, intent);
  addEvent(request, event, intent);
  return intent;
}

const isFinal = ({ status }: PaymentIntent) => status === 'succeeded' || status === 'canceled';

function unexpectedState(intent: PaymentIntent, verb: string): Reply {
  return failure(400, {
    type: 'invalid_request_error',
    code: 'payment_intent_unexpected_state',
    message: `You cannot ${verb} this PaymentIntent because it has a status of ${intent.status}.`,
    payment_intent: intent,
  });
}
