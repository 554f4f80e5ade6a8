import { findCard } from './cards.ts';
import type { PaymentIntent } from './objects.ts';
import { oneOf } from './params.ts';
import { findPaymentIntent } from './payment-intents.ts';
import { fail, succeed } from './payments.ts';
import { type ApiRequest, ok, type Reply } from './request.ts';

/** What the customer did at their bank, `outcome=succeed` (default) or `outcome=fail`. */
export function authenticatePaymentIntent(request: ApiRequest): Reply {
  const intent = findPaymentIntent(request);
  const outcome = oneOf(request.params, 'outcome', ['succeed', 'fail']) ?? 'succeed';
  if (intent.status !== 'requires_action' || intent.payment_method === null) return ok(intent);
  const card = findCard(intent.payment_method);
  if (outcome === 'succeed') return succeed(request, intent, card);
  return ok(
    fail(request, intent, {
      type: 'invalid_request_error',
      code: 'payment_intent_authentication_failure',
      message: 'The provided PaymentMethod has failed authentication.',
      payment_method: card.method,
    }),
  );
}

/** The page that a redirect leads to; its form answers to the page's own address. */
export function authenticationPage(intent: PaymentIntent): string {
  const amount = `${intent.amount} ${intent.currency.toUpperCase()} (smallest unit)`;
  const question =
    intent.status === 'requires_action'
      ? '<form method="post"><button name="outcome" value="succeed">Approve</button> <button name="outcome" value="fail">Refuse</button></form>'
      : `<p>Nothing to do: this payment is ${intent.status}.</p>`;
  return `<!doctype html><html lang="en"><meta charset="utf-8"><title>Test bank</title><h1>Test bank</h1><p>Approve a payment of ${amount}?</p>${question}</html>`;
}

/** Where the customer goes afterwards, with what Stripe adds; undefined when no page was named. */
export function returnAddress(before: PaymentIntent, after: PaymentIntent): string | undefined {
  const target = before.next_action?.redirect_to_url.return_url;
  if (!target || !URL.canParse(target) || !/^https?:/i.test(target)) return undefined;
  const address = new URL(target);
  address.searchParams.set('payment_intent', after.id);
  address.searchParams.set('payment_intent_client_secret', after.client_secret);
  address.searchParams.set('redirect_status', after.status === 'succeeded' ? 'succeeded' : 'failed');
  return address.href;
}
