import { waitFor } from '@shop/testing';
import Stripe from 'stripe';
import { failure, type Running, startStripe } from './support/stripe-harness.ts';

let running: Running;
let stripe: Stripe;

beforeEach(async () => {
  running = await startStripe();
  stripe = running.stripe;
});

afterEach(() => running.stop());

const create = (idempotencyKey: string, amount = 500, metadata = { order_number: 'A-1', customer_id: '7' }) =>
  stripe.paymentIntents.create({ amount, currency: 'eur', metadata }, { idempotencyKey });

it('repeats the first reply to a key, whatever has happened since', async () => {
  const first = await create('pi:1');
  await stripe.paymentIntents.cancel(first.id);
  const again = await create('pi:1');
  expect(again).toEqual(first);
  expect(again.status).toBe('requires_payment_method');
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(running.fake.paymentIntents()).toHaveLength(1);
});

it.each([
  ['another amount', () => create('pi:1', 501)],
  ['other metadata', () => create('pi:1', 500, { order_number: 'A-2', customer_id: '7' })],
  ['another route', () => stripe.refunds.create({ payment_intent: 'pi_1' }, { idempotencyKey: 'pi:1' })],
])('refuses a key that comes with %s than before', async (_what, send) => {
  await create('pi:1');
  const error = await failure(send());
  expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  expect(running.fake.paymentIntents()).toHaveLength(1);
});

it('repeats a first 500 each time, and another key works', async () => {
  running.fake.faults.set({ failCreates: 1 });
  for (let n = 0; n < 2; n += 1) {
    const error = await failure(create('pi:1'));
    expect(error).toBeInstanceOf(Stripe.errors.StripeAPIError);
    expect(error.statusCode).toBe(500);
    expect(error.headers?.['idempotent-replayed']).toBe(n === 0 ? undefined : 'true');
  }
  expect(running.fake.paymentIntents()).toHaveLength(0);
  expect(await create('pi:1:2')).toMatchObject({ amount: 500 });
});

it('repeats the reply to a declined card', async () => {
  const { id } = await create('pi:1');
  const params = { payment_method: 'pm_card_visa_chargeDeclined' };
  const pay = () => failure(stripe.paymentIntents.confirm(id, params, { idempotencyKey: 'confirm:1' }));
  const first = await pay();
  expect(first.charge).toMatch(/^ch_/);
  expect((await pay()).charge).toBe(first.charge);
});

it('keeps nothing under the key of a request with invalid parameters', async () => {
  expect(await failure(create('pi:1', 0))).toMatchObject({ statusCode: 400 });
  expect(await create('pi:1')).toMatchObject({ amount: 500 });
});

it('returns 409 while the first request with a key is being answered', async () => {
  running.fake.faults.set({ slowMs: 60_000 });
  const first = failure(create('pi:1'));
  await waitFor(() => running.fake.paymentIntents().length === 1);
  const error = await failure(create('pi:1'));
  expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  await running.stop();
  expect(await first).toMatchObject({ type: 'StripeConnectionError' });
});

it('makes one payment of a hundred requests at once with one key', async () => {
  const outcomes = await Promise.all(Array.from({ length: 100 }, () => create('pi:1')));
  const [made] = running.fake.paymentIntents();
  expect(running.fake.paymentIntents()).toHaveLength(1);
  expect(new Set(outcomes.map(({ id }) => id))).toEqual(new Set([made?.id]));
});
