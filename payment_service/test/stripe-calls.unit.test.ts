import { createMetrics } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import Stripe from 'stripe';
import { createStripeCalls } from '../src/clients/stripe-calls.ts';
import { createPaymentMetrics } from '../src/metrics.ts';

const stripe = new Stripe('sk_test_not_used');
const limits = { callMs: 5_000, totalMs: 5_000 };
const setUp = () => {
  const metrics = createMetrics('payment_service');
  const begin = createStripeCalls(stripe, createPaymentMetrics(metrics.registry), metrics);
  return <T>(send: () => Promise<T>) => begin(limits)('create-refund', send);
};
const errors = Stripe.errors;
const failing = (error: unknown) => () => Promise.reject(error);
const unreachable = new errors.StripeConnectionError({ message: 'cut', type: 'api_error' });
const unavailable = { code: 'stripe-unavailable' };

it('three failures in a row open the breaker before Stripe, and a success closes it', async () => {
  const call = setUp();
  for (let times = 0; times < 3; times++) await expect(call(failing(unreachable))).rejects.toBe(unreachable);
  await expect(call(async () => 'not asked')).rejects.toMatchObject(unavailable);

  let answer: (() => void) | undefined;
  const asking = waitFor(() =>
    call(() => new Promise<string>((resolve) => (answer = () => resolve('back')))),
  );
  await waitFor(() => answer !== undefined);
  // Other callers do not wait for the one that asks.
  await expect(call(async () => 'not asked')).rejects.toMatchObject(unavailable);
  answer?.();

  expect(await asking).toBe('back');
  expect(await call(async () => 'asked')).toBe('asked');
});

it.each([
  ['a refusal', new errors.StripeInvalidRequestError({ message: 'no', type: 'invalid_request_error' })],
  [
    'a failure that Stripe repeats',
    new errors.StripeAPIError({
      message: 'once',
      type: 'api_error',
      statusCode: 500,
      headers: { 'idempotent-replayed': 'true' },
    }),
  ],
])('%s does not count as a failure of Stripe', async (_what, error) => {
  const call = setUp();
  for (let times = 0; times < 9; times++) await expect(call(failing(error))).rejects.toBe(error);

  expect(await call(async () => 'asked')).toBe('asked');
});
