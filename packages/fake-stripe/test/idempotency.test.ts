import { waitFor } from '@shop/testing';
import Stripe from 'stripe';
import { failure, type Running, sdkFor, startStripe } from './support/stripe-harness.ts';

let running: Running;
let stripe: Stripe;

beforeEach(async () => {
  running = await startStripe();
  stripe = running.stripe;
});

afterEach(() => running.stop());

const create = (idempotencyKey: string, amount = 500) =>
  stripe.paymentIntents.create({ amount, currency: 'eur' }, { idempotencyKey });

it('answers a repeated request with the first reply, whatever has happened since', async () => {
  const first = await create('pi:1');
  await stripe.paymentIntents.cancel(first.id);
  const again = await create('pi:1');
  expect(again).toEqual(first);
  expect(again.status).toBe('requires_payment_method');
  expect(first.lastResponse.headers['idempotent-replayed']).toBeUndefined();
  expect(again.lastResponse.headers['idempotent-replayed']).toBe('true');
  expect(again.lastResponse.headers['original-request']).toBe(first.lastResponse.requestId);
  expect(running.fake.paymentIntents()).toHaveLength(1);
});

it('refuses a key with other parameters', async () => {
  await create('pi:1');
  const error = await failure(create('pi:1', 501));
  expect(error).toBeInstanceOf(Stripe.errors.StripeIdempotencyError);
  expect(error).toMatchObject({ statusCode: 400, rawType: 'idempotency_error' });
  expect(running.fake.paymentIntents()).toHaveLength(1);
});

it('repeats a first 500 for ever, and another key works', async () => {
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

it('a first 500 is told to be final, so that the SDK does not wait for another', async () => {
  running.fake.faults.set({ failCreates: 2 });
  const patient = sdkFor(running.port, { maxNetworkRetries: 2 });
  const error = await failure(patient.paymentIntents.create({ amount: 5, currency: 'eur' }));
  expect(error.headers).toMatchObject({ 'stripe-should-retry': 'false' });
});

it('repeats a declined card too', async () => {
  const { id } = await create('pi:1');
  const pay = () =>
    failure(
      stripe.paymentIntents.confirm(
        id,
        { payment_method: 'pm_card_visa_chargeDeclined' },
        { idempotencyKey: 'confirm:1' },
      ),
    );
  const first = await pay();
  expect((await pay()).charge).toBe(first.charge);
});

it('does not burn a key on invalid parameters', async () => {
  expect(await failure(create('pi:1', 0))).toMatchObject({ statusCode: 400 });
  expect(await create('pi:1')).toMatchObject({ amount: 500 });
});

it('answers 409 while the first request with a key is on its way', async () => {
  running.fake.faults.set({ slowMs: 60_000 });
  const first = create('pi:1').catch((error: unknown) => error);
  await waitFor(() => running.fake.paymentIntents().length === 1);
  const error = await failure(create('pi:1'));
  expect(error).toMatchObject({ statusCode: 409, code: 'idempotency_key_in_use' });
  await running.stop();
  expect(await first).toMatchObject({ object: 'payment_intent' });
});

it('a hundred at once with one key make one payment', async () => {
  const outcomes = await Promise.all(
    Array.from({ length: 100 }, () =>
      create('pi:1').then(
        ({ id }) => id,
        (error: Stripe.errors.StripeError) => error.statusCode,
      ),
    ),
  );
  const [made] = running.fake.paymentIntents();
  expect(running.fake.paymentIntents()).toHaveLength(1);
  expect(outcomes.every((outcome) => outcome === made?.id || outcome === 409)).toBe(true);
  expect(outcomes).toContain(made?.id);
});

it('the SDK gets through a cut connection by itself, with one payment', async () => {
  running.fake.faults.set({ dropReplies: 1 });
  const patient = sdkFor(running.port, { maxNetworkRetries: 2 });
  const intent = await patient.paymentIntents.create({ amount: 5, currency: 'eur' });
  expect(running.fake.paymentIntents().map(({ id }) => id)).toEqual([intent.id]);
});
