import { orderStatuses } from '@shop/contracts';
import {
  type Command,
  type Decision,
  decide,
  type Fact,
  type FactType,
  factTypes,
  type OrderState,
  orderRules,
} from '../src/domain/order-status.ts';

type Status = OrderState['status'];

const own = 'pi_own';
const other = 'pi_other';

const putBack = (reason: string) => ({ type: 'CANCEL_ORDER', reason }) as Command;
const ask = (type: 'REFUND_PAYMENT' | 'CANCEL_PAYMENT', paymentId: string): Command => ({
  type,
  paymentId,
  reason: expect.any(String) as unknown as string,
});
const refund = (paymentId: string) => ask('REFUND_PAYMENT', paymentId);
const alert = expect.any(String) as unknown as string;

/** An order of that status; one that may have a payment has its own. */
const orderIn = (status: Status, change: Partial<OrderState> = {}): OrderState => ({
  status,
  paymentId: status === 'pending' ? null : own,
  paymentExpired: false,
  closedPayments: [],
  fulfilment: 'none',
  ...change,
});

/** The facts as they mostly come: of the order's own payment, asked for by the customer. */
const factOf = (type: FactType, change: Partial<Fact> = {}): Fact => ({
  type,
  ...(type.startsWith('payment-') && { paymentId: own }),
  ...(type === 'cancel-asked' && { by: 'customer' }),
  ...change,
});

const nothing: Decision = {};
const history: Decision = { noted: true };

const cells: readonly (readonly [Status, FactType, Decision])[] = [
  ['pending', 'stock-reserved', { status: 'processing' }],
  ['pending', 'nothing-to-pay', { status: 'completed' }],
  ['pending', 'stock-rejected', { status: 'cancelled', reason: 'out-of-stock' }],
  ['pending', 'payment-created', { paymentId: own, noted: true }],
  ['pending', 'payment-succeeded', { status: 'completed', paymentId: own }],
  ['pending', 'payment-mismatched', { noted: true, commands: [refund(own)], alert }],
  ['pending', 'payment-failed', nothing],
  ['pending', 'payment-cancelled', { closedPayment: own }],
  ['pending', 'payment-refunded', { noted: true, closedPayment: own }],
  [
    'pending',
    'cancel-asked',
    { status: 'cancelled', reason: 'by-customer', commands: [putBack('by-customer')] },
  ],
  [
    'pending',
    'window-over',
    { status: 'cancelled', reason: 'stock-timeout', commands: [putBack('stock-timeout')] },
  ],
  ['pending', 'refund-asked', { refused: true }],
  ['pending', 'refund-succeeded', history],
  ['pending', 'refund-failed', { noted: true, alert }],

  ['processing', 'stock-reserved', nothing],
  ['processing', 'nothing-to-pay', nothing],
  ['processing', 'stock-rejected', nothing],
  ['processing', 'payment-created', { paymentId: own, noted: true }],
  ['processing', 'payment-succeeded', { status: 'completed', paymentId: own }],
  ['processing', 'payment-mismatched', { noted: true, commands: [refund(own)], alert }],
  ['processing', 'payment-failed', history],
  [
    'processing',
    'payment-cancelled',
    {
      status: 'cancelled',
      reason: 'payment-cancelled',
      commands: [putBack('payment-cancelled')],
      closedPayment: own,
    },
  ],
  // A payment that was given back is not the order's any more: it can be paid by another, or expires without.
  ['processing', 'payment-refunded', { noted: true, closedPayment: own, paymentId: null }],
  [
    'processing',
    'cancel-asked',
    { status: 'cancelled', reason: 'by-customer', commands: [putBack('by-customer'), refund(own)] },
  ],
  [
    'processing',
    'window-over',
    { paymentExpired: true, noted: true, commands: [ask('CANCEL_PAYMENT', own)] },
  ],
  ['processing', 'refund-asked', { refused: true }],
  ['processing', 'refund-succeeded', history],
  ['processing', 'refund-failed', { noted: true, alert }],

  ['completed', 'stock-reserved', nothing],
  ['completed', 'nothing-to-pay', nothing],
  ['completed', 'stock-rejected', nothing],
  ['completed', 'payment-created', nothing],
  ['completed', 'payment-succeeded', nothing],
  ['completed', 'payment-mismatched', nothing],
  ['completed', 'payment-failed', nothing],
  ['completed', 'payment-cancelled', nothing],
  [
    'completed',
    'payment-refunded',
    {
      status: 'cancelled',
      reason: 'payment-cancelled',
      commands: [putBack('payment-cancelled')],
      closedPayment: own,
    },
  ],
  [
    'completed',
    'cancel-asked',
    { status: 'cancelled', reason: 'by-customer', commands: [putBack('by-customer'), refund(own)] },
  ],
  ['completed', 'window-over', nothing],
  ['completed', 'refund-asked', history],
  ['completed', 'refund-succeeded', history],
  ['completed', 'refund-failed', { noted: true, alert }],

  ['cancelled', 'stock-reserved', nothing],
  ['cancelled', 'nothing-to-pay', nothing],
  ['cancelled', 'stock-rejected', nothing],
  ['cancelled', 'payment-created', { noted: true, commands: [refund(own)] }],
  ['cancelled', 'payment-succeeded', { noted: true, commands: [refund(own)] }],
  ['cancelled', 'payment-mismatched', { noted: true, commands: [refund(own)] }],
  ['cancelled', 'payment-failed', { noted: true, commands: [refund(own)] }],
  ['cancelled', 'payment-cancelled', { closedPayment: own }],
  ['cancelled', 'payment-refunded', { noted: true, closedPayment: own }],
  ['cancelled', 'cancel-asked', { refused: true }],
  ['cancelled', 'window-over', nothing],
  ['cancelled', 'refund-asked', history],
  ['cancelled', 'refund-succeeded', history],
  ['cancelled', 'refund-failed', { noted: true, alert }],
];

it.each(cells)('%s, %s', (status, type, expected) => {
  expect(decide(orderIn(status), factOf(type))).toEqual(expected);
});

it('has these fifty-six cells and no others', () => {
  const names = orderStatuses.flatMap((status) => factTypes.map((type) => `${status}, ${type}`));

  expect(names).toHaveLength(56);
  expect(cells.map(([status, type]) => `${status}, ${type}`).sort()).toEqual([...names].sort());
  expect(
    Object.entries(orderRules).flatMap(([status, rules]) => Object.keys(rules).map((t) => `${status}, ${t}`)),
  ).toEqual(names);
});

/** Where a cell looks at more than its two names. */
const variants: readonly (readonly [string, OrderState, Fact, Decision])[] = [
  [
    'a first payment is kept while processing',
    orderIn('processing', { paymentId: null }),
    factOf('payment-created', { paymentId: other }),
    { paymentId: other, noted: true },
  ],
  [
    'another payment may pay, and is the order’s from then on',
    orderIn('processing'),
    factOf('payment-succeeded', { paymentId: other }),
    { status: 'completed', paymentId: other },
  ],
  [
    'another payment cancelled while processing is history',
    orderIn('processing'),
    factOf('payment-cancelled', { paymentId: other }),
    { noted: true, closedPayment: other },
  ],
  [
    'a payment cancelled before the order knew it is history',
    orderIn('processing', { paymentId: null }),
    factOf('payment-cancelled', { paymentId: other }),
    { noted: true, closedPayment: other },
  ],
  [
    'a payment cancelled because its time was over says so',
    orderIn('processing', { paymentExpired: true }),
    factOf('payment-cancelled'),
    {
      status: 'cancelled',
      reason: 'payment-expired',
      commands: [putBack('payment-expired')],
      closedPayment: own,
    },
  ],
  [
    'a payment that comes after the order was cancelled is its own from then on, to be followed up',
    orderIn('cancelled', { paymentId: null }),
    factOf('payment-created', { paymentId: other }),
    { noted: true, commands: [refund(other)], paymentId: other },
  ],
  [
    'a payment that succeeded although its time was over pays',
    orderIn('processing', { paymentExpired: true }),
    factOf('payment-succeeded'),
    { status: 'completed', paymentId: own },
  ],
  [
    'another payment refunded while processing is history',
    orderIn('processing'),
    factOf('payment-refunded', { paymentId: other }),
    { noted: true, closedPayment: other },
  ],
  ...(['pending', 'processing'] as const).flatMap((status) => [
    [
      `a success that comes after the refund completes nothing while ${status}, and no money stays`,
      orderIn(status, { paymentId: null, closedPayments: [own] }),
      factOf('payment-succeeded'),
      { noted: true, commands: [refund(own)] },
    ] as const,
    [
      `a creation that comes after the refund is not waited for while ${status}`,
      orderIn(status, { paymentId: null, closedPayments: [other, own] }),
      factOf('payment-created'),
      nothing,
    ] as const,
    [
      `the order’s own payment refunded while ${status} leaves it to another to pay`,
      orderIn(status, { paymentId: own }),
      factOf('payment-refunded'),
      { noted: true, closedPayment: own, paymentId: null },
    ] as const,
  ]),
  [
    'the time to pay over without a payment ends the order',
    orderIn('processing', { paymentId: null }),
    factOf('window-over'),
    { status: 'cancelled', reason: 'payment-expired', commands: [putBack('payment-expired')] },
  ],
  [
    'the time to pay over again, for want of a verdict, is asked about again but noted once',
    orderIn('processing', { paymentExpired: true }),
    factOf('window-over'),
    { paymentExpired: true, commands: [ask('CANCEL_PAYMENT', own)] },
  ],
  [
    'cancelled without a payment, there is no money to give back',
    orderIn('processing', { paymentId: null }),
    factOf('cancel-asked'),
    { status: 'cancelled', reason: 'by-customer', commands: [putBack('by-customer')] },
  ],
  [
    'cancelled by an administrator, it says so',
    orderIn('completed'),
    factOf('cancel-asked', { by: 'admin' }),
    { status: 'cancelled', reason: 'by-admin', commands: [putBack('by-admin'), refund(own)] },
  ],
  ...(['payment-created', 'payment-succeeded', 'payment-mismatched'] as const).map(
    (type) =>
      [
        `another payment, ${type.slice(8)}, is given back by a completed order`,
        orderIn('completed'),
        factOf(type, { paymentId: other }),
        { noted: true, commands: [refund(other)] },
      ] as const,
  ),
  ...(['partial', 'shipped', 'delivered'] as const).flatMap((fulfilment) => [
    [
      `an order that is ${fulfilment} cannot be cancelled`,
      orderIn('completed', { fulfilment }),
      factOf('cancel-asked', { by: 'admin' }),
      { refused: true },
    ] as const,
    [
      `an order that is ${fulfilment} and wholly refunded ends as refunded`,
      orderIn('completed', { fulfilment }),
      factOf('payment-refunded'),
      {
        status: 'cancelled',
        reason: 'refunded',
        commands: [{ type: 'CANCEL_ORDER', reason: 'refunded' }],
        closedPayment: own,
      },
    ] as const,
  ]),
  [
    'another payment refunded leaves a completed order completed',
    orderIn('completed'),
    factOf('payment-refunded', { paymentId: other }),
    history,
  ],
];

it.each(variants)('%s', (_name, order, fact, expected) => {
  expect(decide(order, fact)).toEqual(expected);
});

it('throws for no state and no fact whatever', () => {
  const bare = { paymentId: null, paymentExpired: false, closedPayments: [], fulfilment: 'none' } as const;
  for (const status of orderStatuses) {
    for (const type of factTypes) expect(() => decide({ status, ...bare }, { type })).not.toThrow();
  }
});
