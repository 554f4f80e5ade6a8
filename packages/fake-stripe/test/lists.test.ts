import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;
const ids: string[] = [];

beforeAll(async () => {
  running = await startStripe();
  for (let count = 0; count < 3; count++) {
    const { id } = await running.stripe.paymentIntents.create({ amount: 1000, currency: 'eur' });
    ids.push(id);
    await running.stripe.paymentIntents.confirm(id, { payment_method: 'pm_card_visa' });
  }
  await running.stripe.refunds.create({ payment_intent: ids[1] ?? '', amount: 400 });
});
afterAll(() => running.stop());

it('lists payments newest first, page after page, with their charges', async () => {
  const found: string[] = [];
  for await (const intent of running.stripe.paymentIntents.list({
    limit: 2,
    expand: ['data.latest_charge'],
  })) {
    found.push(intent.id);
    expect(intent.latest_charge).toMatchObject({ object: 'charge', payment_intent: intent.id });
  }
  expect(found).toEqual([...ids].reverse());
});

it('lists only what was made within a time', async () => {
  const now = Math.floor(Date.now() / 1_000);
  const { data } = await running.stripe.paymentIntents.list({ created: { gte: now - 60, lte: now } });
  expect(data).toHaveLength(3);
  expect((await running.stripe.paymentIntents.list({ created: { gte: now + 60 } })).data).toEqual([]);
  expect(await failure(running.stripe.paymentIntents.list({ created: { gt: now } }))).toMatchObject({
    statusCode: 400,
    param: 'created',
  });
});

it('lists the charges and refunds of a payment, and the events of all', async () => {
  const payment_intent = ids[1] ?? '';
  expect((await running.stripe.charges.list({ payment_intent })).data).toMatchObject([
    { payment_intent, paid: true, amount_refunded: 400 },
  ]);
  expect((await running.stripe.refunds.list({ payment_intent })).data).toMatchObject([
    { payment_intent, amount: 400 },
  ]);
  const { data } = await running.stripe.events.list({ limit: 100 });
  const ofPayment = data.filter(({ data: { object } }) => JSON.stringify(object).includes(payment_intent));
  expect(ofPayment.map(({ type }) => type)).toEqual([
    'charge.refunded',
    'refund.created',
    'payment_intent.succeeded',
    'payment_intent.created',
  ]);
});

it.each([{ limit: 0 }, { limit: 101 }, { starting_after: 'pi_unknown' }])('refuses %j', async (page) => {
  expect(await failure(running.stripe.paymentIntents.list(page))).toMatchObject({
    type: 'StripeInvalidRequestError',
  });
});
