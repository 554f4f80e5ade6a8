import { orderStatuses } from '@shop/contracts';
import {
  exceeding,
  type Fulfilment,
  fulfil,
  fulfilments,
  type ShippingFactType,
  shippingFacts,
  shippingRules,
  sumLines,
} from '../src/domain/fulfilment.ts';

type Outcome = Fulfilment | undefined;

/** What follows with pieces left to ship; with none, and shipments on their way; with neither. */
const cells: readonly (readonly [Fulfilment, ShippingFactType, Outcome, Outcome, Outcome])[] = [
  ['none', 'shipped', 'partial', 'shipped', 'delivered'],
  ['none', 'delivered', undefined, undefined, undefined],
  ['none', 'refunded', 'none', 'none', 'none'],
  ['partial', 'shipped', 'partial', 'shipped', 'delivered'],
  ['partial', 'delivered', 'partial', 'shipped', 'delivered'],
  ['partial', 'refunded', 'partial', 'shipped', 'delivered'],
  ['shipped', 'shipped', undefined, undefined, undefined],
  ['shipped', 'delivered', 'partial', 'shipped', 'delivered'],
  ['shipped', 'refunded', 'partial', 'shipped', 'delivered'],
  ['delivered', 'shipped', undefined, undefined, undefined],
  ['delivered', 'delivered', undefined, undefined, undefined],
  ['delivered', 'refunded', 'partial', 'shipped', 'delivered'],
];

it.each(cells)('%s, %s', (fulfilment, type, moreToShip, moreToArrive, neither) => {
  const order = { status: 'completed', fulfilment } as const;
  const after = (isMoreToShip: boolean, isMoreToArrive: boolean) =>
    fulfil(order, { type, isMoreToShip, isMoreToArrive });

  expect([after(true, true), after(true, false)]).toEqual([moreToShip, moreToShip]);
  expect(after(false, true)).toBe(moreToArrive);
  expect(after(false, false)).toBe(neither);
});

it('has these twelve cells and no others', () => {
  const names = fulfilments.flatMap((fulfilment) => shippingFacts.map((type) => `${fulfilment}, ${type}`));

  expect(cells.map(([fulfilment, type]) => `${fulfilment}, ${type}`)).toEqual(names);
  expect(
    Object.entries(shippingRules).flatMap(([fulfilment, rules]) =>
      Object.keys(rules).map((type) => `${fulfilment}, ${type}`),
    ),
  ).toEqual(names);
});

it('lets only a completed order be shipped', () => {
  const fact = { type: 'shipped', isMoreToShip: true, isMoreToArrive: true } as const;
  const shippable = orderStatuses.filter((status) => fulfil({ status, fulfilment: 'none' }, fact));

  expect(shippable).toEqual(['completed']);
});

it('adds up the lines of a product', () => {
  const lines = [
    { productId: 7, qty: 1 },
    { productId: 8, qty: 2 },
    { productId: 7, qty: 3 },
  ];

  expect(sumLines(lines)).toEqual([
    { productId: 7, qty: 4 },
    { productId: 8, qty: 2 },
  ]);
});

it('names the lines that ask for more than is left, and what is', () => {
  const left = [{ productId: 7, qty: 1 }];
  const wanted = [
    { productId: 7, qty: 1 },
    { productId: 7, qty: 2 },
    { productId: 8, qty: 1 },
  ];

  expect(exceeding(wanted, left)).toEqual([
    { productId: 7, qty: 2, shippable: 1 },
    { productId: 8, qty: 1, shippable: 0 },
  ]);
});
