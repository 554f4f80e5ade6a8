import { type CardOutcome, findCard, type TestCard } from './cards.ts';
import { newCharge } from './charges.ts';
import { unexpectedState } from './errors.ts';
import { addEvent } from './events.ts';
import type { PaymentError, PaymentIntent } from './objects.ts';
import { optionalText } from './params.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

type Decline = Extract<CardOutcome, { kind: 'declined' }>;

/** Charges the payment method given, else the one that the intent holds. */
export function confirm(request: ApiRequest, intent: PaymentIntent): Reply {
  const method = optionalText(request.params, 'payment_method') ?? intent.payment_method;
  if (method === null) {
    const message = "You cannot confirm this PaymentIntent because it's missing a payment method.";
    throw unexpectedState(message, intent);
  }
  const card = findCard(method);
  if (card.outcome.kind === 'declined') return decline(request, intent, card, card.outcome);
  if (card.outcome.kind === 'authenticates') return askForAction(request, intent, card);
  return succeed(request, intent, card);
}

export function succeed(request: ApiRequest, intent: PaymentIntent, card: TestCard): Reply {
  const charge = newCharge(intent, card, request.now);
  const paid: PaymentIntent = {
    ...intent,
    status: 'succeeded',
    amount_received: intent.amount,
    last_payment_error: null,
    latest_charge: charge.id,
    next_action: null,
    payment_method: card.method.id,
  };
  request.state.put('charges', charge.id, charge);
  request.state.put('payment_intents', paid.id, paid);
  addEvent(request, 'payment_intent.succeeded', paid);
  return ok(paid);
}

/** Back to the start with the error kept; the caller decides how the failure is answered. */
export function fail(request: ApiRequest, intent: PaymentIntent, error: PaymentError): PaymentIntent {
  const failed: PaymentIntent = {
    ...intent,
    status: 'requires_payment_method',
    last_payment_error: error,
    latest_charge: error.charge ?? intent.latest_charge,
    next_action: null,
    payment_method: null,
  };
  request.state.put('payment_intents', failed.id, failed);
  addEvent(request, 'payment_intent.payment_failed', failed);
  return failed;
}

function decline(request: ApiRequest, intent: PaymentIntent, card: TestCard, outcome: Decline): Reply {
  const charge = newCharge(intent, card, request.now, outcome);
  request.state.put('charges', charge.id, charge);
  const error: PaymentError = {
    type: 'card_error',
    code: outcome.code,
    decline_code: outcome.declineCode,
    message: outcome.message,
    charge: charge.id,
    payment_method: card.method,
  };
  const failed = fail(request, intent, error);
  return { status: 402, body: { error: { ...error, payment_intent: failed } } };
}

function askForAction(request: ApiRequest, intent: PaymentIntent, card: TestCard): Reply {
  const waiting: PaymentIntent = {
    ...intent,
    status: 'requires_action',
    last_payment_error: null,
    payment_method: card.method.id,
    next_action: {
      type: 'redirect_to_url',
      redirect_to_url: {
        url: `${request.origin}/authenticate/${intent.id}?client_secret=${intent.client_secret}`,
        return_url: optionalText(request.params, 'return_url') ?? null,
      },
    },
  };
  request.state.put('payment_intents', waiting.id, waiting);
  addEvent(request, 'payment_intent.requires_action', waiting);
  return ok(waiting);
}
