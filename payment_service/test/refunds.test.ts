import { waitFor } from '@shop/testing';
import { createdPayment, type Harness, pay, startHarness, startWatchingRefunds } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.stripe.faults.reset();
  shop.stripe.faults.set({ webhooks: 'lose' });
});

/** Of 42.50, which nobody has been told of. */
async function paidPayment(card = 'pm_card_visa', at = shop) {
  const payment = await createdPayment(at);
  await pay(at, payment.paymentId, card);
  return payment;
}

const refundsOf = (paymentId: string) =>
  shop.stripe.refunds().filter((refund) => refund.payment_intent === paymentId);
const newest = (orderNumber: string) => shop.eventsOf(orderNumber).at(-1)?.data;
let last = 0;
const wanted = (amount: number) => ({ refundId: `rf_${++last}`, amount });

it('gives back a part, once however often it is asked for, and says so', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  const first = wanted(1_000);
  const second = wanted(250);

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, first);
  await Promise.all(
    [first, second, second, first].map((each) =>
      shop.command('REFUND_PAYMENT', orderNumber, paymentId, each),
    ),
  );

  expect(refundsOf(paymentId).map(({ amount }) => amount)).toEqual([1_000, 250]);
  expect(newest(orderNumber)).toMatchObject({
    status: 'succeeded',
    amount: 4_250,
    refunds: [
      { ...second, status: 'succeeded' },
      { ...first, status: 'succeeded' },
    ],
  });
  expect(shop.newsOf(orderNumber)).toHaveLength(3);
});

it('knows a refund by its metadata when Stripe has forgotten its key', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  const refund = wanted(700);
  const metadata = { refund_id: refund.refundId };
  await shop.sdk.refunds.create({ payment_intent: paymentId, amount: 700, metadata });

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, refund);

  expect(refundsOf(paymentId)).toHaveLength(1);
  expect(newest(orderNumber)?.refunds).toMatchObject([{ ...refund, status: 'succeeded' }]);
});

it('sends each refund to Stripe under a key of its own', async () => {
  const { watched, keys } = await startWatchingRefunds();
  watched.stripe.faults.set({ webhooks: 'lose' });
  const { orderNumber, paymentId } = await paidPayment('pm_card_visa', watched);

  for (const refundId of ['rf_a', 'rf_b'])
    await watched.command('REFUND_PAYMENT', orderNumber, paymentId, { refundId, amount: 100 });
  await watched.command('REFUND_PAYMENT', orderNumber, paymentId);
  await watched.close();

  expect(keys).toEqual(['refund:rf_a', 'refund:rf_b', `refund:${paymentId}`]);
});

it.each([
  ['the reply is lost', { dropReplies: 1 }],
  ['Stripe keeps a 500 for a refund that it made', { failCreatesAfterEffect: 1 }],
  ['Stripe keeps a 500 for a refund that it did not make', { failCreates: 1 }],
])('gives back a part once when %s', async (_what, faults) => {
  const { orderNumber, paymentId } = await paidPayment();
  shop.stripe.faults.set(faults);

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, wanted(500));

  expect(refundsOf(paymentId).map(({ amount }) => amount)).toEqual([500]);
  expect(newest(orderNumber)?.refunds).toMatchObject([{ amount: 500, status: 'succeeded' }]);
});

it.each([
  ['what Stripe will never do', 500, { refuseCreates: 1 }],
  ['more than is left', 5_000, {}],
])('says that a refund of %s has failed, and goes on', async (_what, amount, faults) => {
  const { orderNumber, paymentId } = await paidPayment();
  shop.stripe.faults.set(faults);
  const refused = wanted(amount);

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, refused);

  expect(newest(orderNumber)?.refunds).toEqual([
    { ...refused, status: 'failed', failure: expect.any(String) },
  ]);
  expect((await shop.deadLetters()).filter(({ event }) => event.key === orderNumber)).toEqual([]);
  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, wanted(500));
  expect(refundsOf(paymentId)).toHaveLength(1);
});

it('reports refunds that were made in the dashboard, more than a page of them', async () => {
  const { orderNumber, paymentId } = await paidPayment();
  for (let count = 0; count < 101; count++)
    await shop.sdk.refunds.create({ payment_intent: paymentId, amount: 1 });

  await shop.command('CHECK_PAYMENT', orderNumber, paymentId);

  expect(newest(orderNumber)?.refunds).toHaveLength(101);
});

it.each([
  ['pm_card_pendingRefund', 'pending', 'succeeded'],
  ['pm_card_refundFail', 'succeeded', 'failed'],
])('brings what becomes of a refund of %s: %s, later %s', async (card, first, later) => {
  const { orderNumber, paymentId } = await paidPayment(card);
  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, wanted(4_250));
  expect(newest(orderNumber)?.refunds).toMatchObject([{ status: first }]);
  shop.stripe.faults.set({ webhooks: 'double' });

  shop.stripe.settleRefunds();

  await waitFor(() => newest(orderNumber)?.refunds?.[0]?.status === later);
  expect(newest(orderNumber)?.status).toBe(later === 'failed' ? 'succeeded' : 'refunded');
});

it('heals the loss of the webhook of a failed refund when it is asked for again', async () => {
  const { orderNumber, paymentId } = await paidPayment('pm_card_refundFail');
  const refund = wanted(4_250);
  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, refund);
  shop.stripe.settleRefunds();

  await shop.command('REFUND_PAYMENT', orderNumber, paymentId, refund);

  expect(newest(orderNumber)?.refunds).toMatchObject([{ refundId: refund.refundId, status: 'failed' }]);
  expect(refundsOf(paymentId)).toHaveLength(1);
});
