import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;

beforeAll(async () => {
  running = await startStripe();
});

afterAll(() => running.stop());

const create = () => running.stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
const confirm = (id: string, method: string) =>
  running.stripe.paymentIntents.confirm(id, { payment_method: method });
const refund = (intent: string, amount?: number) =>
  running.stripe.refunds.create({ payment_intent: intent, ...(amount ? { amount } : {}) });
const chargeOf = async (id: string) =>
  (await running.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] })).latest_charge;
const refundsOf = (id: string) => running.fake.refunds().filter((row) => row.payment_intent === id);

async function pay(): Promise<string> {
  const { id } = await create();
  await confirm(id, 'pm_card_visa');
  return id;
}

it('refunds the whole payment once', async () => {
  const id = await pay();
  expect(await refund(id)).toMatchObject({
    object: 'refund',
    amount: 1000,
    currency: 'eur',
    status: 'succeeded',
    payment_intent: id,
  });
  expect(await failure(refund(id))).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  expect(await chargeOf(id)).toMatchObject({ refunded: true, amount_refunded: 1000 });
  expect(refundsOf(id)).toHaveLength(1);
});

it('refunds in parts, and never more than is left', async () => {
  const id = await pay();
  await refund(id, 300);
  expect(await chargeOf(id)).toMatchObject({ refunded: false, amount_refunded: 300 });
  expect(await failure(refund(id, 701))).toMatchObject({ statusCode: 400, param: 'amount' });
  await refund(id);
  expect(refundsOf(id).map(({ amount }) => amount)).toEqual([300, 700]);
  expect(await chargeOf(id)).toMatchObject({ refunded: true, amount_refunded: 1000 });
});

it('refuses to refund what was never paid', async () => {
  const { id } = await create();
  expect(await failure(refund(id))).toMatchObject({ statusCode: 400 });
  await failure(confirm(id, 'pm_card_visa_chargeDeclined'));
  expect(await failure(refund(id))).toMatchObject({ statusCode: 400 });
  expect(await failure(refund('pi_none'))).toMatchObject({ statusCode: 404, code: 'resource_missing' });
  expect(await failure(running.stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
  expect(refundsOf(id)).toEqual([]);
});

it('keeps metadata, and lists the refunds of a payment page by page', async () => {
  const id = await pay();
  for (const amount of ['1', '2', '3'])
    await running.stripe.refunds.create({ payment_intent: id, amount: Number(amount), metadata: { amount } });

  const found: unknown[] = [];
  for await (const row of running.stripe.refunds.list({ payment_intent: id, limit: 1 }))
    found.push(row.metadata);

  expect(found).toEqual([{ amount: '3' }, { amount: '2' }, { amount: '1' }]);
});

it.each([
  ['pm_card_pendingRefund', 'pending', 'succeeded', 1_000],
  ['pm_card_refundFail', 'succeeded', 'failed', 0],
])('a refund of %s is %s, and %s later', async (card, first, later, amount) => {
  const slow = await startStripe({ settleRefundsMs: Number.POSITIVE_INFINITY });
  const { id } = await slow.stripe.paymentIntents.create({ amount: 1_000, currency: 'eur' });
  await slow.stripe.paymentIntents.confirm(id, { payment_method: card });
  expect(await slow.stripe.refunds.create({ payment_intent: id })).toMatchObject({ status: first });

  slow.fake.settleRefunds();
  slow.fake.settleRefunds();

  const { data } = await slow.stripe.refunds.list({ payment_intent: id });
  expect(data).toMatchObject([{ status: later }]);
  const intent = await slow.stripe.paymentIntents.retrieve(id, { expand: ['latest_charge'] });
  expect(intent.latest_charge).toMatchObject({ amount_refunded: amount, refunded: amount > 0 });
  const events = (await slow.stripe.events.list({ limit: 100 })).data.map(({ type }) => type);
  expect(events.filter((type) => type === 'refund.updated')).toHaveLength(1);
  expect(events.includes('refund.failed')).toBe(later === 'failed');
  await slow.stop();
});
