import { invalidParameter } from './errors.ts';
import type { PaymentMethod } from './objects.ts';

/** What a test card does when it is charged. */
export type CardOutcome =
  | { readonly kind: 'succeeds' }
  | { readonly kind: 'authenticates' }
  | {
      readonly kind: 'declined';
      readonly code: string;
      readonly declineCode: string;
      readonly message: string;
    };

export interface TestCard {
  readonly method: PaymentMethod;
  readonly outcome: CardOutcome;
}

const DECLINED = 'Your card was declined.';
const NO_FUNDS = 'Your card has insufficient funds.';
const EXPIRED = 'Your card has expired.';

// Stripe's own test payment methods: https://docs.stripe.com/testing
const CARDS: ReadonlyMap<string, TestCard> = new Map(
  [
    card('pm_card_visa', 'visa', '4242', { kind: 'succeeds' }),
    card('pm_card_visa_debit', 'visa', '5556', { kind: 'succeeds' }),
    card('pm_card_mastercard', 'mastercard', '4444', { kind: 'succeeds' }),
    card('pm_card_amex', 'amex', '8431', { kind: 'succeeds' }),
    card('pm_card_authenticationRequired', 'visa', '3184', { kind: 'authenticates' }),
    declinedCard('pm_card_visa_chargeDeclined', '0002', 'card_declined', 'generic_decline', DECLINED),
    declinedCard(
      'pm_card_visa_chargeDeclinedInsufficientFunds',
      '9995',
      'card_declined',
      'insufficient_funds',
      NO_FUNDS,
    ),
    declinedCard('pm_card_chargeDeclinedExpiredCard', '0069', 'expired_card', 'expired_card', EXPIRED),
  ].map((entry) => [entry.method.id, entry]),
);

/** The card behind a payment method id; an id that is not one of the test cards is refused. */
export function findCard(id: string): TestCard {
  const found = CARDS.get(id);
  if (found) return found;
  throw invalidParameter('payment_method', `No such PaymentMethod: '${id}'`, 'resource_missing');
}

function card(id: string, brand: string, last4: string, outcome: CardOutcome): TestCard {
  return { method: { id, object: 'payment_method', type: 'card', card: { brand, last4 } }, outcome };
}

function declinedCard(id: string, last4: string, code: string, declineCode: string, message: string) {
  return card(id, 'visa', last4, { kind: 'declined', code, declineCode, message });
}
