import { paymentStatuses } from '@shop/contracts';
import { paymentFact } from '../src/domain/payment-fact.ts';

const order = { amount: 1000, currency: 'eur' };
const news = (status: (typeof paymentStatuses)[number], amount: number, currency: string) => ({
  orderNumber: 'ORDER-0001',
  paymentId: 'pi_1',
  status,
  amount,
  currency,
  paymentLog: '',
});

it.each([
  ['created', 'payment-created'],
  ['succeeded', 'payment-succeeded'],
  ['failed', 'payment-failed'],
  ['cancelled', 'payment-cancelled'],
  ['refunded', 'payment-refunded'],
] as const)('%s is %s', (status, type) => {
  expect(paymentFact(news(status, 1000, 'eur'), order)).toEqual({ type, paymentId: 'pi_1' });
});

it.each([
  [999, 'eur'],
  [1001, 'eur'],
  [0, 'eur'],
  [1000, 'usd'],
])('succeeded with %s %s does not pay for an order of 1000 eur', (amount, currency) => {
  expect(paymentFact(news('succeeded', amount, currency), order)).toEqual({
    type: 'payment-mismatched',
    paymentId: 'pi_1',
  });
});

it('compares the amount only where money came', () => {
  const others = paymentStatuses.filter((status) => status !== 'succeeded');
  expect(others.map((status) => paymentFact(news(status, 1, 'usd'), order).type)).toEqual(
    others.map((status) => `payment-${status}`),
  );
});
