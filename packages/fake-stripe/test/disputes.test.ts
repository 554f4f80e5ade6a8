import { waitFor } from '@shop/testing';
import type Stripe from 'stripe';
import { type Receiver, startReceiver } from './support/receiver.ts';
import { failure, type Running, SECRET, startStripe } from './support/stripe-harness.ts';

let receiver: Receiver;
let running: Running;
beforeEach(async () => {
  receiver = await startReceiver();
  running = await startStripe({ webhooks: [{ url: receiver.url, secret: SECRET }] });
});
afterEach(async () => {
  await running.stop();
  await receiver.stop();
});

const create = () => running.stripe.paymentIntents.create({ amount: 1_000, currency: 'eur' });
const open = async (params: Record<string, unknown>) =>
  (await running.stripe.rawRequest('POST', '/v1/disputes', params)) as unknown as Stripe.Dispute;

async function paid(card = 'pm_card_visa'): Promise<string> {
  const { id } = await create();
  await running.stripe.paymentIntents.confirm(id, { payment_method: card });
  return id;
}

const disputeEvents = async (count: number) => {
  const found = () => receiver.events.filter(({ type }) => type.startsWith('charge.dispute.'));
  await waitFor(() => found().length >= count);
  return found().map(({ type }) => type.replace('charge.dispute.', ''));
};
const answer = (id: string, text: string) =>
  running.stripe.disputes.update(id, { evidence: { uncategorized_text: text } });

it('opens a dispute, of a part or of all of a payment', async () => {
  const payment_intent = await paid();

  const part = await open({ payment_intent, amount: 400, reason: 'product_not_received' });
  const all = await open({ payment_intent });

  expect(part).toMatchObject({
    object: 'dispute',
    amount: 400,
    currency: 'eur',
    reason: 'product_not_received',
    status: 'needs_response',
    payment_intent,
    evidence_details: { due_by: expect.any(Number) },
  });
  expect(all).toMatchObject({ amount: 1_000, reason: 'fraudulent' });
  expect(await running.stripe.disputes.retrieve(part.id)).toEqual(expect.objectContaining({ id: part.id }));
  expect((await disputeEvents(4)).sort()).toEqual([
    'created',
    'created',
    'funds_withdrawn',
    'funds_withdrawn',
  ]);
});

it('disputes what is paid with the card for it', async () => {
  await paid('pm_card_createDispute');

  expect((await disputeEvents(2)).sort()).toEqual(['created', 'funds_withdrawn']);
});

it.each([
  ['winning_evidence', 'won', ['closed', 'funds_reinstated']],
  ['losing_evidence', 'lost', ['closed']],
  ['a letter', 'under_review', ['updated']],
])('%s makes it %s', async (text, status, events) => {
  const { id } = await open({ payment_intent: await paid() });
  await disputeEvents(2);

  expect(await answer(id, text)).toMatchObject({ id, status });

  expect((await disputeEvents(2 + events.length)).slice(2).sort()).toEqual(events);
});

it('is lost when the shop closes it, and final then', async () => {
  const { id } = await open({ payment_intent: await paid() });

  expect(await running.stripe.disputes.close(id)).toMatchObject({ status: 'lost' });

  expect(await failure(running.stripe.disputes.close(id))).toMatchObject({ statusCode: 400 });
  expect(await failure(answer(id, 'winning_evidence'))).toMatchObject({ statusCode: 400 });
});

it('cannot be of what was never paid, nor of more', async () => {
  const { id } = await create();
  expect(await failure(open({ payment_intent: id }))).toMatchObject({ statusCode: 400 });
  expect(await failure(open({ payment_intent: 'pi_none' }))).toMatchObject({ statusCode: 404 });
  const payment_intent = await paid();
  expect(await failure(open({ payment_intent, amount: 1_001 }))).toMatchObject({ param: 'amount' });
  expect(await failure(running.stripe.disputes.retrieve('du_none'))).toMatchObject({ statusCode: 404 });
});
