import type { CardOutcome, TestCard } from './cards.ts';
import { newId } from './ids.ts';
import type { Charge, PaymentIntent } from './objects.ts';

type Decline = Extract<CardOutcome, { kind: 'declined' }>;

/** The charge that a confirmation leaves behind: paid, or failed when there is a `decline`. */
export function newCharge(intent: PaymentIntent, card: TestCard, now: number, decline?: Decline): Charge {
  const paid = decline === undefined;
  return {
    id: newId('ch'),
    object: 'charge',
    amount: intent.amount,
    amount_captured: paid ? intent.amount : 0,
    amount_refunded: 0,
    balance_transaction: paid ? newId('txn') : null,
    captured: paid,
    created: now,
    currency: intent.currency,
    customer: intent.customer,
    description: intent.description,
    disputed: false,
    failure_code: decline?.code ?? null,
    failure_message: decline?.message ?? null,
    livemode: false,
    metadata: intent.metadata,
    outcome: decline ? refusedBy(decline) : APPROVED,
    paid,
    payment_intent: intent.id,
    payment_method: card.method.id,
    payment_method_details: { type: 'card', card: card.method.card },
    receipt_url: null,
    refunded: false,
    status: paid ? 'succeeded' : 'failed',
  };
}

const APPROVED: Charge['outcome'] = {
  network_status: 'approved_by_network',
  reason: null,
  risk_level: 'normal',
  seller_message: 'Payment complete.',
  type: 'authorized',
};

function refusedBy(decline: Decline): Charge['outcome'] {
  return {
    network_status: 'declined_by_network',
    reason: decline.declineCode,
    risk_level: 'normal',
    seller_message: 'The bank did not approve this payment.',
    type: 'issuer_declined',
  };
}
