import { waitFor } from '@shop/testing';
import Stripe from 'stripe';
import { createdPayment, type Harness, paid, startHarness, webhookSecret } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.stripe.faults.reset();
  shop.faults.failPublishes = 0;
});

const open = async (params: Record<string, unknown>) =>
  (await shop.sdk.rawRequest('POST', '/v1/disputes', params)) as unknown as Stripe.Dispute;
const answer = (id: string, text: string) =>
  shop.sdk.disputes.update(id, { evidence: { uncategorized_text: text } });

async function paidPayment() {
  const payment = await createdPayment(shop);
  await paid(shop, payment.paymentId, payment.orderNumber);
  return payment;
}

/** What order_service was told of the disputes of an order, each once. */
const newsOf = (orderNumber: string) => shop.newsOf(orderNumber).filter((id) => id.startsWith('du_'));

function send(object: unknown, type: string, secret = webhookSecret) {
  const payload = JSON.stringify({ id: 'evt_test', object: 'event', type, data: { object } });
  const signature = Stripe.webhooks.generateTestHeaderString({ payload, secret });
  return shop.post('/webhooks/stripe', undefined, payload, { 'stripe-signature': signature });
}

it('is told with its amount, reason, status and due date', async () => {
  const { orderNumber, paymentId } = await paidPayment();

  const { id } = await open({ payment_intent: paymentId, amount: 900, reason: 'product_not_received' });

  await waitFor(() => newsOf(orderNumber).length === 1);
  const event = shop.eventsOf(orderNumber).find(({ id }) => id.startsWith('du_')) as unknown;
  expect(event).toMatchObject({
    id: `${id}:needs_response`,
    type: 'PAYMENT_DISPUTED',
    key: orderNumber,
    data: {
      orderNumber,
      paymentId,
      disputeId: id,
      amount: 900,
      currency: 'usd',
      reason: 'product_not_received',
      status: 'needs_response',
      dueBy: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
    },
  });
});

it.each([
  ['winning_evidence', 'won'],
  ['losing_evidence', 'lost'],
])('is told again when it is closed, once for each status (%s)', async (text, status) => {
  shop.stripe.faults.set({ webhooks: 'double' });
  const { orderNumber, paymentId } = await paidPayment();
  const { id } = await open({ payment_intent: paymentId });
  await waitFor(() => newsOf(orderNumber).length === 1);
  await answer(id, 'a letter');
  await waitFor(() => newsOf(orderNumber).length === 2);

  await answer(id, text);

  await waitFor(() => newsOf(orderNumber).length === 3);
  expect(newsOf(orderNumber)).toEqual([`${id}:needs_response`, `${id}:under_review`, `${id}:${status}`]);
});

it('is what Stripe says now when its webhooks come late and in reverse', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  shop.stripe.faults.set({ webhooks: 'reverse' });
  const { id } = await open({ payment_intent: paymentId });
  await answer(id, 'winning_evidence');

  await shop.stripe.faults.releaseWebhooks();

  expect(newsOf(orderNumber)).toEqual([`${id}:won`]);
});

it('is sent again until order_service could be told', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  shop.faults.failPublishes = 3;

  await open({ payment_intent: paymentId });

  await waitFor(() => newsOf(orderNumber).length === 1);
  expect(shop.faults.failPublishes).toBe(0);
});

it.each(['created', 'updated', 'closed', 'funds_withdrawn', 'funds_reinstated'])(
  'is read by charge.dispute.%s, of which only the id is believed',
  async (type) => {
    const { orderNumber, paymentId } = await paidPayment();
    shop.stripe.faults.set({ webhooks: 'lose' });
    const { id } = await open({ payment_intent: paymentId });

    const reply = await send({ id, object: 'dispute', status: 'lost', amount: 1 }, `charge.dispute.${type}`);

    expect([reply.status, reply.body]).toEqual([200, { received: true, published: true }]);
    expect(newsOf(orderNumber)).toEqual([`${id}:needs_response`]);
  },
);

it('is not believed when Stripe did not sign it', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  shop.stripe.faults.set({ webhooks: 'lose' });
  const { id } = await open({ payment_intent: paymentId });

  const reply = await send({ id, object: 'dispute' }, 'charge.dispute.created', 'whsec_forged');

  expect([reply.status, reply.body['code']]).toEqual([400, 'invalid-signature']);
  expect(newsOf(orderNumber)).toEqual([]);
});

it('is taken and ignored when it is not of this shop', async () => {
  shop.stripe.faults.set({ webhooks: 'lose' });
  const { id: payment } = await shop.sdk.paymentIntents.create({ amount: 500, currency: 'usd' });
  await shop.sdk.paymentIntents.confirm(payment, { payment_method: 'pm_card_visa' });
  const { id } = await open({ payment_intent: payment });

  for (const dispute of [id, 'du_unknown', '../refunds']) {
    const reply = await send({ id: dispute, object: 'dispute' }, 'charge.dispute.created');
    expect([reply.status, reply.body]).toEqual([200, { received: true, published: false }]);
  }
});
