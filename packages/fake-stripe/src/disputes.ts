import { invalidParameter, notFound } from './errors.ts';
import type { Charge, Dispute } from './objects.ts';
import { optionalAmount, optionalText, requiredText } from './params.ts';
import { type ApiRequest, addEvent, failure, newId, ok, type Reply } from './request.ts';

/** How long a bank waits for evidence. */
const answerSeconds = 7 * 86_400;

/**
 * POST /v1/disputes, which Stripe itself does not have: what a customer's bank does, of a
 * `payment_intent`, with an `amount` and a `reason` if it is not about all of it and fraud.
 */
export function openDispute(request: ApiRequest): Reply {
  const { params, state } = request;
  const intentId = requiredText(params, 'payment_intent');
  const intent = state.payment_intents.get(intentId);
  if (intent === undefined) throw notFound('payment_intent', intentId, 'payment_intent');
  const charge = state.charges.get(intent.latest_charge ?? '');
  if (!charge?.paid) throw invalidParameter('payment_intent', `${intentId} has no successful charge.`);
  const amount = optionalAmount(params) ?? charge.amount;
  if (amount > charge.amount) throw invalidParameter('amount', `Charge ${charge.id} is of ${charge.amount}.`);
  return ok(dispute(request, charge, { amount, reason: optionalText(params, 'reason') }));
}

/** The customer's bank takes the money back, and asks the shop. */
export function dispute(
  request: ApiRequest,
  { id: charge, amount: charged, currency, payment_intent }: Charge,
  { amount = charged, reason = 'fraudulent' }: { amount?: number; reason?: string | undefined } = {},
): Dispute {
  const opened: Dispute = {
    id: newId('du'),
    object: 'dispute',
    amount,
    charge,
    created: request.now,
    currency,
    evidence_details: { due_by: request.now + answerSeconds },
    payment_intent,
    reason,
    status: 'needs_response',
  };
  save(request, opened, 'charge.dispute.created');
  addEvent(request, 'charge.dispute.funds_withdrawn', opened);
  return opened;
}

/** GET /v1/disputes/:id */
export const retrieveDispute = (request: ApiRequest): Reply => ok(findDispute(request));

/**
 * POST /v1/disputes/:id with `evidence[uncategorized_text]`: as in Stripe's test mode, `winning_evidence` wins,
 * `losing_evidence` loses, and anything else is under review.
 */
export function submitEvidence(request: ApiRequest): Reply {
  const open = findDispute(request);
  if (isClosed(open)) return refuseClosed(open);
  const { uncategorized_text: text } = Object(request.params['evidence']) as { uncategorized_text?: unknown };
  if (text === 'winning_evidence') return ok(close(request, open, 'won'));
  if (text === 'losing_evidence') return ok(close(request, open, 'lost'));
  return ok(save(request, { ...open, status: 'under_review' }, 'charge.dispute.updated'));
}

/** POST /v1/disputes/:id/close: the shop does not contest it. */
export function closeDispute(request: ApiRequest): Reply {
  const open = findDispute(request);
  return isClosed(open) ? refuseClosed(open) : ok(close(request, open, 'lost'));
}

function close(request: ApiRequest, open: Dispute, status: 'won' | 'lost'): Dispute {
  const closed = save(request, { ...open, status }, 'charge.dispute.closed');
  if (status === 'won') addEvent(request, 'charge.dispute.funds_reinstated', closed);
  return closed;
}

function findDispute({ id, state }: ApiRequest): Dispute {
  const found = state.disputes.get(id);
  if (found === undefined) throw notFound('dispute', id, 'dispute');
  return found;
}

const isClosed = ({ status }: Dispute) => status === 'won' || status === 'lost';

const refuseClosed = ({ id, status }: Dispute) =>
  failure(400, { type: 'invalid_request_error', message: `Dispute ${id} is ${status}.` });

function save(
  request: ApiRequest,
  changed: Dispute,
  event: 'charge.dispute.created' | 'charge.dispute.updated' | 'charge.dispute.closed',
): Dispute {
  request.state.put('disputes', changed.id, changed);
  addEvent(request, event, changed);
  return changed;
}
