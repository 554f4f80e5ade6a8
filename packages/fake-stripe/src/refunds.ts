import { invalidParameter, notFound } from './errors.ts';
import type { Charge, Refund } from './objects.ts';
import { optionalAmount, readMetadata, requiredText } from './params.ts';
import { type ApiRequest, addEvent, failure, newId, ok, type Reply } from './request.ts';

/** POST /v1/refunds: `amount` of a `payment_intent`, or all that is left of it. */
export function createRefund(request: ApiRequest): Reply {
  const { params, state, now } = request;
  const intentId = requiredText(params, 'payment_intent');
  const asked = optionalAmount(params);
  const intent = state.payment_intents.get(intentId);
  if (intent === undefined) throw notFound('payment_intent', intentId, 'payment_intent');
  const charge = state.charges.get(intent.latest_charge ?? '');
  if (!charge?.paid) return refused(`PaymentIntent ${intentId} has no successful charge to refund.`);
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) return refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  const amount = asked ?? left;
  if (amount > left) {
    throw invalidParameter(
      'amount',
      `Refund amount (${amount}) is greater than unrefunded amount (${left}).`,
    );
  }
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount,
    charge: charge.id,
    created: now,
    currency: charge.currency,
    metadata: readMetadata(params),
    outcome: charge.refund_outcome,
    payment_intent: intentId,
    status: charge.refund_outcome === 'succeeds later' ? 'pending' : 'succeeded',
  };
  const refunded: Charge = {
    ...charge,
    amount_refunded: charge.amount_refunded + amount,
    refunded: amount === left,
  };
  state.put('refunds', refund.id, refund);
  state.put('charges', refunded.id, refunded);
  addEvent(request, 'refund.created', refund);
  addEvent(request, 'charge.refunded', refunded);
  return ok(refund);
}

/** What becomes of a refund later on, if anything does; what fails is the shop's again. */
export function settleRefund(request: ApiRequest): Reply {
  const { state, id } = request;
  const { outcome, ...refund } = state.refunds.get(id) ?? {};
  if (outcome === undefined) return ok({});
  const settled: Refund = {
    ...(refund as Refund),
    status: outcome === 'fails later' ? 'failed' : 'succeeded',
    ...(outcome === 'fails later' && { failure_reason: 'expired_or_canceled_card' }),
  };
  state.put('refunds', id, settled);
  const charge = state.charges.get(String(settled.charge));
  if (outcome === 'fails later' && charge !== undefined) {
    const left = charge.amount_refunded - settled.amount;
    state.put('charges', charge.id, { ...charge, amount_refunded: left, refunded: false });
    addEvent(request, 'refund.failed', settled);
  }
  addEvent(request, 'refund.updated', settled);
  return ok(settled);
}

const refused = (message: string, code?: string) =>
  failure(400, { type: 'invalid_request_error', message, code });
