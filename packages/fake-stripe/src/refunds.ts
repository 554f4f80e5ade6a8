import { invalidParameter, missingParameter, noSuch, StripeError } from './errors.ts';
import { addEvent } from './events.ts';
import { newId } from './ids.ts';
import type { Charge, Refund } from './objects.ts';
import { oneOf, optionalAmount, optionalText, readMetadata } from './params.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

const REASONS = ['duplicate', 'fraudulent', 'requested_by_customer'] as const;

/** POST /v1/refunds for a `payment_intent` or a `charge`; without `amount`, all that is left. */
export function createRefund(request: ApiRequest): Reply {
  const { params, now } = request;
  const asked = optionalAmount(params);
  const reason = oneOf(params, 'reason', REASONS) ?? null;
  const metadata = readMetadata(params);
  const charge = chargeToRefund(request);
  const refund: Refund = {
    id: newId('re'),
    object: 'refund',
    amount: refundableAmount(charge, asked),
    balance_transaction: newId('txn'),
    charge: charge.id,
    created: now,
    currency: charge.currency,
    metadata,
    payment_intent: charge.payment_intent,
    reason,
    receipt_number: null,
    status: 'succeeded',
  };
  const amountRefunded = charge.amount_refunded + refund.amount;
  const refunded: Charge = {
    ...charge,
    amount_refunded: amountRefunded,
    refunded: amountRefunded === charge.amount,
  };
  request.state.put('refunds', refund.id, refund);
  request.state.put('charges', refunded.id, refunded);
  addEvent(request, 'charge.refunded', refunded);
  return ok(refund);
}

function chargeToRefund({ params, state }: ApiRequest): Charge {
  const chargeId = optionalText(params, 'charge');
  const intentId = optionalText(params, 'payment_intent');
  if (chargeId === undefined && intentId === undefined) throw missingParameter('payment_intent');
  const intent = intentId === undefined ? undefined : state.payment_intents.get(intentId);
  if (intentId !== undefined && !intent) throw noSuch('payment_intent', intentId, 'payment_intent');
  const charge = state.charges.get(chargeId ?? intent?.latest_charge ?? '');
  if (chargeId !== undefined && !charge) throw noSuch('charge', chargeId, 'charge');
  if (!charge?.paid) {
    const subject = intent ? `This PaymentIntent (${intent.id})` : `Charge ${chargeId}`;
    throw refused(`${subject} does not have a successful charge to refund.`);
  }
  return charge;
}

function refundableAmount(charge: Charge, asked: number | undefined): number {
  const left = charge.amount - charge.amount_refunded;
  if (left === 0) throw refused(`Charge ${charge.id} has already been refunded.`, 'charge_already_refunded');
  if (asked !== undefined && asked > left) {
    const message = `Refund amount (${asked}) is greater than unrefunded amount on charge (${left})`;
    throw invalidParameter('amount', message);
  }
  return asked ?? left;
}

function refused(message: string, code?: string): StripeError {
  const body = { type: 'invalid_request_error', message, ...(code ? { code } : {}) } as const;
  return new StripeError(400, body, { replayable: true });
}
