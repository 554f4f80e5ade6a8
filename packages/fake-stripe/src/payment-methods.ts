import { invalidParameter } from './errors.ts';
import type { RefundOutcome } from './objects.ts';
import { optionalText, type Params, requiredText } from './params.ts';

export interface Decline {
  readonly code: 'card_declined' | 'expired_card';
  readonly decline_code: string;
  readonly message: string;
}

/** What happens when a payment is confirmed. */
type Outcome = 'succeeds' | 'is disputed' | 'asks for a second step' | 'leaves the page' | Decline;

/** Some of Stripe's test payment methods: https://docs.stripe.com/testing */
const cards: ReadonlyMap<string, Outcome> = new Map<string, Outcome>([
  ['pm_card_visa', 'succeeds'],
  ['pm_card_createDispute', 'is disputed'],
  ['pm_card_authenticationRequired', 'asks for a second step'],
  ['pm_card_visa_chargeDeclined', declined('generic_decline', 'Your card was declined.')],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    declined('insufficient_funds', 'Your card has insufficient funds.'),
  ],
  ['pm_card_chargeDeclinedExpiredCard', declined('expired_card', 'Your card has expired.', 'expired_card')],
]);

/** Cards that succeed, and whose refunds take another way. */
const cardsByRefund: ReadonlyMap<unknown, RefundOutcome> = new Map([
  ['pm_card_pendingRefund', 'succeeds later'],
  ['pm_card_refundFail', 'fails later'],
]);

export const refundOutcomeOf = (params: Params) => cardsByRefund.get(params['payment_method']);

/** Types of methods whose customers pay on a page of the method's own, and come back from there. */
const redirecting: ReadonlySet<string> = new Set(['bancontact', 'eps', 'ideal', 'p24']);

/** Of a `payment_method`, a card, or else of the `payment_method_data[type]` of a method that redirects. */
export function outcomeOf(params: Params): Outcome {
  const { type } = Object(params['payment_method_data']) as { type?: unknown };
  if (optionalText(params, 'payment_method') === undefined && typeof type === 'string') {
    if (redirecting.has(type)) return 'leaves the page';
    throw invalidParameter('payment_method_data[type]', `There is no ${type} here.`);
  }
  const paymentMethod = requiredText(params, 'payment_method');
  if (cardsByRefund.has(paymentMethod)) return 'succeeds';
  const outcome = cards.get(paymentMethod);
  if (outcome !== undefined) return outcome;
  throw invalidParameter('payment_method', `No such PaymentMethod: '${paymentMethod}'`, 'resource_missing');
}

function declined(reason: string, message: string, code: Decline['code'] = 'card_declined'): Decline {
  return { code, decline_code: reason, message };
}
