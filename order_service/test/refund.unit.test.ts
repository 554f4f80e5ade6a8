import { refundStatuses } from '@shop/contracts';
import {
  piecesToRelease,
  planRefund,
  type RefundableOrder,
  refundAfter,
  refundRules,
} from '../src/domain/refund.ts';

it.each([
  ['pending', 'pending', 'pending'],
  ['pending', 'succeeded', 'succeeded'],
  ['pending', 'failed', 'failed'],
  ['succeeded', 'pending', 'succeeded'],
  ['succeeded', 'succeeded', 'succeeded'],
  ['succeeded', 'failed', 'failed'],
  ['failed', 'pending', 'failed'],
  ['failed', 'succeeded', 'failed'],
  ['failed', 'failed', 'failed'],
] as const)('a %s refund that is said to be %s is %s', (status, news, expected) => {
  expect(refundRules[status][news]).toBe(expected);
});

it('is the same in the end, in whatever order news comes', () => {
  const after = (news: readonly (typeof refundStatuses)[number][]) =>
    news.reduce((status, next) => refundRules[status][next], 'pending');
  for (const a of refundStatuses) for (const b of refundStatuses) expect(after([a, b])).toBe(after([b, a]));
});

it('counts a refund that was refused, and then was made all the same', () => {
  const refused = { status: 'failed', stripeId: null } as const;
  expect(refundAfter(refused, { status: 'succeeded', id: 're_1' })).toBe('succeeded');
  expect(refundAfter(refused, { status: 'failed' })).toBe('failed');
  expect(refundAfter({ ...refused, stripeId: 're_1' }, { status: 'succeeded', id: 're_1' })).toBe('failed');
  expect(refundAfter(undefined, { status: 'pending', id: 're_1' })).toBe('pending');
});

const item = { productId: 7, itemName: 'Lamp', qty: 3, price: 500, imageUrl: null };
const order: RefundableOrder = {
  amount: 1_500,
  currency: 'usd',
  paymentId: 'pi_1',
  items: [item],
  shipped: [{ productId: 7, qty: 1 }],
  refunds: [],
};
const line = { productId: 7, qty: 1, restock: false, unshipped: 1, returned: 0 };
const refund = { paymentId: 'pi_1', amount: 500, status: 'succeeded', lines: [line] } as const;

it('counts a piece against those that were not shipped first', () => {
  const { lines } = planRefund(order, {
    lines: [
      { productId: 7, qty: 1 },
      { productId: 7, qty: 2, restock: true },
    ],
  });

  expect(lines).toMatchObject([
    { qty: 1, unshipped: 1, restock: false },
    { qty: 2, unshipped: 1, restock: true },
  ]);
});

it.each([
  ['nothing else happened', {}, 2],
  ['a piece was refunded that was not shipped', { refunds: [refund] }, 1],
  ['that refund has failed', { refunds: [{ ...refund, status: 'failed' as const }] }, 2],
  [
    'it has failed after the piece was put back',
    { refunds: [{ ...refund, status: 'failed' as const, lines: [{ ...line, returned: 1 }] }] },
    1,
  ],
  ['all was shipped', { shipped: [{ productId: 7, qty: 3 }] }, 0],
])('releases what was not shipped when %s', (_what, change, qty) => {
  expect(piecesToRelease({ ...order, ...change })).toEqual(qty === 0 ? [] : [{ productId: 7, qty }]);
});

it('refuses a fraction of a currency that has none', () => {
  expect(() => planRefund({ ...order, currency: 'isk' }, { amount: 50 })).toThrow();
});
