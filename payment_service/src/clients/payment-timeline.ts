import type { TimelineEntry } from '@shop/contracts';
import type Stripe from 'stripe';
import { eventIdOf } from '../domain/payment-event-id.ts';
import { metadataKeys } from './payment-of-intent.ts';
import type { StripeCall } from './stripe-calls.ts';
import { hasCode } from './stripe-errors.ts';
import { toRefund } from './stripe-refunds.ts';

const service = 'payment_service';
const pageSize = 100;
const mostPayments = 10;
const mostMoments = 10;
/** Stripe makes its event within a moment of what it is about. */
const eventDelaySeconds = 5;

/**
 * What Stripe says of the payments of an order: of these, and of those that its search finds, which may take a minute to
 * see a new one.
 */
export async function readPaymentTimeline(
  orderNumber: string,
  ids: readonly string[],
  call: StripeCall,
): Promise<TimelineEntry[]> {
  const query = `metadata['${metadataKeys.orderNumber}']:'${orderNumber}'`;
  const found = await call('search-payment-intents', (stripe, options) =>
    stripe.paymentIntents.search({ query, limit: mostPayments }, options),
  );
  const all = new Set([...ids, ...found.data.map(({ id }) => id)]);
  const parts = [...all].slice(0, mostPayments).map((id) =>
    timelineOf(orderNumber, id, call).catch((error: unknown) => {
      // Of another account, before this one.
      if (hasCode(error, 'resource_missing')) return [];
      throw error;
    }),
  );
  return (await Promise.all(parts)).flat();
}

async function timelineOf(orderNumber: string, id: string, call: StripeCall): Promise<TimelineEntry[]> {
  const page = { payment_intent: id, limit: pageSize };
  const [intent, charges, refunds] = await Promise.all([
    call('retrieve-payment-intent', (stripe, options) => stripe.paymentIntents.retrieve(id, {}, options)),
    call('list-charges', (stripe, options) => stripe.charges.list(page, options)),
    call('list-refunds', (stripe, options) => stripe.refunds.list(page, options)),
  ]);
  if (intent.metadata[metadataKeys.orderNumber] !== orderNumber) return [];
  const happened = [...charges.data, ...refunds.data].map(({ created }) => created);
  const moments = new Set([intent.created, ...happened, ...(intent.canceled_at ? [intent.canceled_at] : [])]);
  const events = await Promise.all([...moments].slice(0, mostMoments).map((at) => eventsAt(at, id, call)));
  const webhooks = new Map(events.flat().map((event) => [event.id, event]));
  return [
    entry(
      'payment',
      intent.created,
      `payment ${id} of ${moneyOf(intent)}, now ${intent.status}`,
      `${id}:created`,
    ),
    ...charges.data.map(chargeEntry),
    ...refunds.data.map((refund) => refundEntry(refund, eventOfRefunds(intent, refunds.data))),
    ...cancelEntry(intent),
    ...[...webhooks.values()].map(webhookEntry),
  ];
}

async function eventsAt(at: number, id: string, call: StripeCall): Promise<Stripe.Event[]> {
  const created = { gte: at, lte: at + eventDelaySeconds };
  const { data } = await call('list-events', (stripe, options) =>
    stripe.events.list({ created, limit: pageSize }, options),
  );
  return data.filter(({ data: { object } }) => {
    const { id: objectId, payment_intent } = object as { id?: string; payment_intent?: unknown };
    return objectId === id || payment_intent === id;
  });
}

/** @param at in Unix seconds @param eventId of what order_service was told of it */
const entry = (kind: TimelineEntry['kind'], at: number, what: string, eventId?: string): TimelineEntry => ({
  at: new Date(at * 1_000).toISOString(),
  service,
  kind,
  what,
  ...(eventId !== undefined && { eventId }),
});

const moneyOf = ({ amount, currency }: { readonly amount: number; readonly currency: string }) =>
  `${amount} ${currency}`;

const paymentOf = ({ payment_intent: intent }: Stripe.Charge | Stripe.Refund) =>
  (typeof intent === 'string' ? intent : intent?.id) ?? '';

function chargeEntry(charge: Stripe.Charge): TimelineEntry {
  const { id, created, paid, failure_code: code } = charge;
  const outcome = paid ? 'paid' : `declined${code ? `: ${code}` : ''}`;
  const eventId = paid ? `${paymentOf(charge)}:succeeded` : `${paymentOf(charge)}:failed:${id}`;
  return entry('charge', created, `charge ${id} of ${moneyOf(charge)} ${outcome}`, eventId);
}

/** The event that says what the payment is with all of its refunds. */
function eventOfRefunds({ id, amount }: Stripe.PaymentIntent, all: readonly Stripe.Refund[]): string {
  const refunds = all.map(toRefund);
  const standing = refunds.filter(({ status }) => status !== 'failed');
  const isWhole = standing.reduce((sum, refund) => sum + refund.amount, 0) === amount;
  return eventIdOf({ id, amount, refunds, status: isWhole ? 'refunded' : 'succeeded' });
}

/** @param eventId of what the payment is with all of its refunds */
function refundEntry(refund: Stripe.Refund, eventId: string): TimelineEntry {
  const { id, created, status, metadata } = refund;
  const asked = metadata?.[metadataKeys.refundId];
  const what = `refund ${id} of ${moneyOf(refund)} ${status}${asked ? `, asked for as ${asked}` : ''}`;
  return entry('refund', created, what, eventId);
}

const cancelEntry = ({ id, canceled_at: at }: Stripe.PaymentIntent): TimelineEntry[] =>
  at ? [entry('payment', at, `payment ${id} cancelled`, `${id}:cancelled`)] : [];

const webhookEntry = ({ id, type, created, pending_webhooks: pending }: Stripe.Event): TimelineEntry =>
  entry('webhook', created, `${type} ${id} ${pending > 0 ? 'not accepted yet' : 'delivered'}`);
