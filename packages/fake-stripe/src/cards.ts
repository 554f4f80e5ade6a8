import { invalidParameter } from './errors.ts';

export interface Decline {
  readonly code: 'card_declined' | 'expired_card';
  readonly decline_code: string;
  readonly message: string;
}

/** What happens when a card is charged. */
type CardOutcome = 'succeeds' | 'asks for a second step' | Decline;

/** Some of Stripe's test payment methods: https://docs.stripe.com/testing */
const cards: ReadonlyMap<string, CardOutcome> = new Map<string, CardOutcome>([
  ['pm_card_visa', 'succeeds'],
  ['pm_card_authenticationRequired', 'asks for a second step'],
  ['pm_card_visa_chargeDeclined', declined('generic_decline', 'Your card was declined.')],
  [
    'pm_card_visa_chargeDeclinedInsufficientFunds',
    declined('insufficient_funds', 'Your card has insufficient funds.'),
  ],
  ['pm_card_chargeDeclinedExpiredCard', declined('expired_card', 'Your card has expired.', 'expired_card')],
]);

export function outcomeOf(paymentMethod: string): CardOutcome {
  const outcome = cards.get(paymentMethod);
  if (outcome !== undefined) return outcome;
  throw invalidParameter('payment_method', `No such PaymentMethod: '${paymentMethod}'`, 'resource_missing');
}

function declined(reason: string, message: string, code: Decline['code'] = 'card_declined'): Decline {
  return { code, decline_code: reason, message };
}
