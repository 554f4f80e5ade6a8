import type { StockItem } from '@shop/contracts';
import fc from 'fast-check';
import { acceptCheckout, type CartCheckout } from '../src/domain/delivery.ts';
import { type Agreement, type CartLine, priceCart } from '../src/domain/pricing.ts';

const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['DE'] };
const given = {
  email: 'ada@shop.test',
  shippingAddress: { name: 'Ada', address: { line1: 'Hauptstr. 1', country: 'DE' } },
  deliveryMethod: 'post',
};
const range = { min: 60, max: 99_999_999 };

const line = (productId: number, change: Partial<CartLine> = {}): CartLine => ({
  id: productId * 10,
  productId,
  name: `Product ${productId}`,
  price: 100,
  currency: 'eur',
  qty: 1,
  imageUrl: null,
  ...change,
});
const item = (id: number, change: Partial<StockItem> = {}): StockItem => ({
  id,
  name: `Product ${id} of today`,
  price: 100,
  currency: 'eur',
  stock: 10,
  ...change,
});

const moved = (productId: number, from: number, to: number) => ({
  lineItemId: productId * 10,
  productId,
  name: `Product ${productId}`,
  from,
  fromCurrency: 'eur',
  to,
});

const price = (
  lines: readonly CartLine[],
  catalog: readonly StockItem[],
  agreed: Agreement,
  checkout: CartCheckout | null = null,
) => priceCart({ lines, checkout }, { catalog, deliveryMethods: [post], leastAmount: range.min }, agreed);

function refusal(cart: readonly CartLine[], catalog: readonly StockItem[], agreed: Agreement = {}): unknown {
  try {
    return { accepted: price(cart, catalog, agreed) };
  } catch (error) {
    const { status, code, details } = error as { status: number; code: string; details: unknown };
    return { status, code, details };
  }
}

it('is the sum of today’s prices, in the order of the cart, with today’s names', () => {
  const cart = [line(2, { qty: 3, price: 7 }), line(1)];
  const catalog = [item(1), item(2, { price: 250 })];

  expect(price(cart, catalog, { amount: 850 })).toEqual({
    amount: 850,
    currency: 'eur',
    items: [
      { productId: 2, itemName: 'Product 2 of today', qty: 3, price: 250, imageUrl: null },
      { productId: 1, itemName: 'Product 1 of today', qty: 1, price: 100, imageUrl: null },
    ],
    adjustments: [],
    checkout: undefined,
  });
});

it('is the sum of its items and its adjustments, whatever they cost', () => {
  const amounts = fc.integer({ min: 0, max: 1_000_000 });
  const someLines = fc.array(fc.tuple(amounts, fc.integer({ min: 1, max: 10 })), {
    minLength: 1,
    maxLength: 20,
  });
  fc.assert(
    fc.property(someLines, fc.integer({ min: 100, max: 1_000_000 }), (wanted, deliveryPrice) => {
      const lines = wanted.map(([amount, qty], index) => line(index + 1, { price: amount, qty }));
      const catalog = wanted.map(([amount], index) => item(index + 1, { price: amount }));
      const methods = [{ ...post, price: deliveryPrice }];
      const checkout = acceptCheckout(given, methods, ['eur']);
      const { amount, items, adjustments } = priceCart(
        { lines, checkout },
        { catalog, deliveryMethods: methods, leastAmount: 1 },
        {},
      );
      const sums = [...items.map((each) => each.price * each.qty), ...adjustments.map((each) => each.amount)];
      expect(amount).toBe(sums.reduce((sum, each) => sum + each, 0));
      expect(adjustments).toEqual([{ kind: 'delivery', label: 'Post', amount: deliveryPrice }]);
    }),
  );
});

it.each<[string, CartLine[], StockItem[], Agreement | undefined, string, object]>([
  ['nothing in it', [], [], undefined, 'cart-empty', {}],
  [
    'a product that is gone, before all else',
    [line(1), line(2, { qty: 99 })],
    [item(2, { currency: 'usd' })],
    { amount: 1 },
    'product-unavailable',
    { products: [{ lineItemId: 10, productId: 1, name: 'Product 1' }] },
  ],
  [
    'too little stock, each line named',
    [line(1, { qty: 11 }), line(2), line(3, { qty: 2 })],
    [item(1), item(2, { currency: 'usd' }), item(3, { stock: 1 })],
    undefined,
    'insufficient-stock',
    {
      shortages: [
        { lineItemId: 10, productId: 1, name: 'Product 1', requested: 11, available: 10 },
        { lineItemId: 30, productId: 3, name: 'Product 3', requested: 2, available: 1 },
      ],
    },
  ],
  [
    'more than one currency',
    [line(1), line(2)],
    [item(1), item(2, { currency: 'usd' })],
    undefined,
    'mixed-currencies',
    { currencies: ['eur', 'usd'] },
  ],
  [
    'too little money',
    [line(1)],
    [item(1, { price: 59 })],
    { amount: 59 },
    'amount-out-of-range',
    { amount: 59, currency: 'eur', ...range },
  ],
  [
    'too much money',
    [line(1, { qty: 10 })],
    [item(1, { price: 10_000_000 })],
    { amount: 100_000_000 },
    'amount-out-of-range',
    { amount: 100_000_000, currency: 'eur', ...range },
  ],
  [
    'a price that moved, nobody having agreed',
    [line(1), line(2)],
    [item(1, { price: 90 }), item(2)],
    undefined,
    'price-changed',
    { amount: 190, currency: 'eur', changes: [moved(1, 100, 90)] },
  ],
  [
    'prices that moved and cancel out, nobody having agreed',
    [line(1), line(2)],
    [item(1, { price: 90 }), item(2, { price: 110 })],
    undefined,
    'price-changed',
    {
      amount: 200,
      currency: 'eur',
      changes: [moved(1, 100, 90), moved(2, 100, 110)],
    },
  ],
  [
    'a currency that moved at the same figure',
    [line(1)],
    [item(1, { currency: 'usd' })],
    undefined,
    'price-changed',
    { amount: 100, currency: 'usd', changes: [moved(1, 100, 100)] },
  ],
  [
    'an amount agreed to that is not today’s',
    [line(1)],
    [item(1)],
    { amount: 99 },
    'price-changed',
    { amount: 100, currency: 'eur', changes: [] },
  ],
  [
    'a currency agreed to that is not today’s',
    [line(1)],
    [item(1)],
    { amount: 100, currency: 'usd' },
    'price-changed',
    { amount: 100, currency: 'eur', changes: [] },
  ],
])('refuses %s', (_name, cart, catalog, agreed, code, details) => {
  expect(refusal(cart, catalog, agreed)).toEqual({ status: 409, code, details });
});

it.each<[string, CartLine[], StockItem[], Agreement | undefined]>([
  ['unmoved prices', [line(1)], [item(1)], undefined],
  ['the last pieces', [line(1, { qty: 10 })], [item(1)], undefined],
  ['a moved price that was agreed to', [line(1)], [item(1, { price: 200 })], { amount: 200 }],
  [
    'a moved price that was agreed to with its currency',
    [line(1)],
    [item(1, { price: 200, currency: 'usd' })],
    { amount: 200, currency: 'usd' },
  ],
  ['the smallest amount', [line(1, { price: 60 })], [item(1, { price: 60 })], undefined],
  ['the greatest amount', [line(1, { price: 99_999_999 })], [item(1, { price: 99_999_999 })], undefined],
  ['what costs nothing', [line(1, { price: 0, qty: 3 })], [item(1, { price: 0 })], undefined],
])('accepts %s', (_name, cart, catalog, agreed) => {
  expect(refusal(cart, catalog, agreed)).toHaveProperty('accepted');
});
