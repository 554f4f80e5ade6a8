import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;

beforeAll(async () => {
  running = await startStripe();
});

afterAll(() => running.stop());

const pay = () =>
  running.stripe.paymentIntents.create({
    amount: 1000,
    currency: 'eur',
    confirm: true,
    payment_method: 'pm_card_visa',
  });
const refund = (intent: string, amount?: number) =>
  running.stripe.refunds.create({ payment_intent: intent, ...(amount ? { amount } : {}) });

it('gives everything back once', async () => {
  const { id, latest_charge: charge } = await pay();
  const refunded = await refund(id);
  expect(refunded).toMatchObject({
    object: 'refund',
    amount: 1000,
    status: 'succeeded',
    payment_intent: id,
    charge,
  });
  expect(await failure(refund(id))).toMatchObject({ statusCode: 400, code: 'charge_already_refunded' });
  expect(await running.stripe.charges.retrieve(String(charge))).toMatchObject({
    refunded: true,
    amount_refunded: 1000,
  });
  expect(running.fake.refunds().filter((row) => row.payment_intent === id)).toHaveLength(1);
  expect(await running.stripe.refunds.retrieve(refunded.id)).toMatchObject({ id: refunded.id });
});

it('gives back in parts, and never more than there is', async () => {
  const { id } = await pay();
  const part = await refund(id, 300);
  expect(await failure(refund(id, 701))).toMatchObject({ param: 'amount' });
  const rest = await refund(id);
  expect(rest.amount).toBe(700);
  const listed = await running.stripe.refunds.list({ payment_intent: id });
  expect(listed.data.map((row) => row.id)).toEqual([rest.id, part.id]);
  const firstPage = await running.stripe.refunds.list({ payment_intent: id, limit: 1 });
  expect(firstPage.has_more).toBe(true);
});

it('refuses what was never paid', async () => {
  const open = await running.stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
  expect(await failure(refund(open.id))).toMatchObject({ statusCode: 400 });
  await failure(
    running.stripe.paymentIntents.confirm(open.id, { payment_method: 'pm_card_visa_chargeDeclined' }),
  );
  expect(await failure(refund(open.id))).toMatchObject({ statusCode: 400 });
  expect(await failure(refund('pi_none'))).toMatchObject({ code: 'resource_missing' });
  expect(await failure(running.stripe.refunds.create({}))).toMatchObject({ code: 'parameter_missing' });
  expect((await running.stripe.refunds.list({ payment_intent: open.id })).data).toEqual([]);
});
