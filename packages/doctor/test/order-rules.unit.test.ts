import { contradictionsOf } from '../src/checks/order-rules.ts';
import { paymentContradictionsOf } from '../src/checks/payment-rules.ts';
import type { OrderFacts } from '../src/order-facts.ts';
import type { Payment } from '../src/payments.ts';

const order: OrderFacts = {
  id: 1,
  orderNumber: 'ORDER-0001',
  createdAt: '2026-01-01 00:00:00+00',
  status: 'completed',
  reason: null,
  amount: 500,
  currency: 'usd',
  paymentId: 'pi_1',
  isPaid: true,
  isYoung: false,
  isOpen: false,
  isOverdue: false,
  settledAt: 0,
  wanted: [{ productId: 7, qty: 2 }],
  shipped: [],
  movements: [{ productId: 7, delta: -2 }],
  refunds: [],
  reservation: 'reserved',
};
const sent = { ...order, shipped: [{ productId: 7, qty: 2 }] };
const back = { productId: 7, delta: 2 };
const cancelled = {
  ...order,
  status: 'cancelled',
  movements: [...order.movements, back],
  reservation: 'released',
} as const;
const payment: Payment = {
  id: 'pi_1',
  orderNumber: order.orderNumber,
  status: 'succeeded',
  amount: 500,
  currency: 'usd',
  refunds: [],
  changedAt: 0,
};
const line = { productId: 7, unshipped: 1, returned: 0 };
const part: OrderFacts['refunds'][number] = {
  paymentId: 'pi_1',
  stripeId: 're_1',
  amount: 200,
  status: 'succeeded',
  lines: [line],
};
const restocked = { ...part, lines: [{ ...line, returned: 1 }] };
const one = { productId: 7, delta: 1 };
const refunded = { ...payment, refunds: [500] };

const faults = (found: readonly { readonly fault: string }[]) => found.map(({ fault }) => fault);

it.each<[string, OrderFacts, string[]]>([
  ['completed', order, []],
  ['completed and free', { ...order, amount: 0, paymentId: null, isPaid: false }, []],
  ['completed and never paid', { ...order, isPaid: false }, ['payment-missing']],
  ['completed without stock', { ...order, movements: [] }, ['stock-not-taken']],
  [
    'completed with its stock put back',
    { ...order, movements: [...order.movements, back] },
    ['stock-not-taken'],
  ],
  [
    'completed, with stock of another product',
    { ...order, movements: [...order.movements, { productId: 8, delta: -1 }] },
    ['stock-not-taken'],
  ],
  ['completed and rejected', { ...order, reservation: 'rejected' }, ['reservation-missing']],
  ['processing in its time', { ...order, status: 'processing', isPaid: false, isOpen: true }, []],
  ['processing after its time', { ...order, status: 'processing', isOverdue: true }, ['order-overdue']],
  ['pending in its time', { ...order, status: 'pending', reservation: null, movements: [] }, []],
  ['completed and shipped', sent, []],
  [
    'completed and shipped beyond what was ordered',
    { ...order, shipped: [{ productId: 7, qty: 3 }] },
    ['shipped-beyond-order'],
  ],
  [
    'completed and shipped with another product',
    { ...order, shipped: [...sent.shipped, { productId: 8, qty: 1 }] },
    ['shipped-beyond-order'],
  ],
  [
    'cancelled after it was shipped',
    { ...cancelled, shipped: sent.shipped },
    ['shipped-not-completed', 'stock-not-returned'],
  ],
  [
    'shipped and wholly refunded',
    { ...cancelled, reason: 'refunded', shipped: sent.shipped, movements: order.movements },
    [],
  ],
  ['cancelled', cancelled, []],
  ['cancelled before it had stock', { ...cancelled, movements: [] }, []],
  ['cancelled out of stock', { ...cancelled, movements: [], reservation: 'rejected' }, []],
  ['cancelled with its stock', { ...cancelled, movements: order.movements }, ['stock-not-returned']],
  [
    'cancelled with its stock put back twice',
    { ...cancelled, movements: [...cancelled.movements, back] },
    ['stock-not-returned'],
  ],
  ['completed, with a piece that came back broken', { ...order, refunds: [part] }, []],
  [
    'completed, with a piece back on the shelf',
    { ...order, refunds: [restocked], movements: [...order.movements, one] },
    [],
  ],
  [
    'completed, with a piece that is not back on the shelf',
    { ...order, refunds: [restocked] },
    ['stock-not-taken'],
  ],
  [
    'completed, with a piece that went back twice',
    { ...order, refunds: [restocked], movements: [...order.movements, one, one] },
    ['stock-not-taken'],
  ],
  [
    'cancelled after a piece came back broken',
    { ...cancelled, refunds: [part], movements: [...order.movements, one] },
    [],
  ],
  [
    'cancelled with a piece that came back broken and was put back',
    { ...cancelled, refunds: [part] },
    ['stock-not-returned'],
  ],
  [
    'cancelled after a piece came back',
    { ...cancelled, refunds: [restocked], movements: [...order.movements, one, one] },
    [],
  ],
  ['cancelled with its reservation', { ...cancelled, reservation: 'reserved' }, ['stock-not-returned']],
])('the databases of an order that is %s', (_what, facts, expected) => {
  expect(faults(contradictionsOf(facts))).toEqual(expected);
});

it.each<[string, OrderFacts, Payment[], string[]]>([
  ['completed and paid', order, [payment], []],
  [
    'completed and paid after a refusal',
    order,
    [{ ...payment, id: 'pi_0', status: 'canceled' }, payment],
    [],
  ],
  ['completed and unpaid', order, [], ['payment-missing']],
  ['completed and paid wrongly', order, [{ ...payment, amount: 400 }], ['payment-missing']],
  ['completed and paid twice', order, [payment, { ...payment, id: 'pi_2' }], ['payment-doubled']],
  ['completed and paid twice, once given back', order, [payment, { ...refunded, id: 'pi_2' }], []],
  ['completed and given back', order, [refunded], ['refund-wrong', 'payment-missing']],
  ['completed, shipped and unpaid', sent, [], ['payment-missing']],
  ['completed, free and paid', { ...order, amount: 0, paymentId: null }, [payment], ['payment-doubled']],
  ['cancelled and given back', cancelled, [refunded], []],
  ['cancelled and given back twice', cancelled, [{ ...payment, refunds: [500, 500] }], ['refund-wrong']],
  ['cancelled and given back in part', cancelled, [{ ...payment, refunds: [200] }], ['payment-kept']],
  ['completed and given back in part', { ...order, refunds: [part] }, [{ ...payment, refunds: [200] }], []],
  [
    'completed and given back in part by a refund that it does not know',
    order,
    [{ ...payment, refunds: [200] }],
    ['refund-wrong'],
  ],
  [
    'completed, with a refund that Stripe does not know',
    { ...order, refunds: [part] },
    [payment],
    ['refund-wrong'],
  ],
  [
    'completed, with a refund that was not made',
    { ...order, refunds: [{ ...part, status: 'pending', stripeId: null }] },
    [payment],
    ['refund-not-made'],
  ],
  [
    'completed, with a refund that has failed',
    { ...order, refunds: [{ ...part, status: 'failed' }] },
    [payment],
    [],
  ],
  [
    'cancelled, given back in two parts',
    { ...cancelled, refunds: [part, { ...part, amount: 300 }] },
    [{ ...payment, refunds: [200, 300] }],
    [],
  ],
  ['cancelled and paid', cancelled, [payment], ['payment-kept']],
  [
    'cancelled and still to be paid',
    cancelled,
    [{ ...payment, status: 'requires_payment_method' }],
    ['payment-open'],
  ],
])('the payments of an order that is %s', (_what, facts, payments, expected) => {
  expect(faults(paymentContradictionsOf(facts, payments))).toEqual(expected);
});
