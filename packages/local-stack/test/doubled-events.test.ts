import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  // Every consumer is handed every event twice.
  shop = await openShop({ tamper: async (event) => [event, event] });
}, 60_000);
afterAll(() => shop?.close());

it('comes to the same end when every event is doubled', async () => {
  const productId = await shop.product(6);
  const customer = await shop.customer();

  const paid = await customer.order(productId, 2);
  await customer.reaches(paid, 'processing');
  await customer.pay(paid);
  await customer.reaches(paid, 'completed');

  const cancelled = await customer.order(productId, 2);
  await customer.reaches(cancelled, 'processing');
  await customer.pay(cancelled);
  await customer.reaches(cancelled, 'completed');
  await customer.call('POST', `/orders/${cancelled}/cancel`);

  const rest = await customer.order(productId, 4).catch(() => undefined);
  if (rest !== undefined) await customer.reaches(rest, 'processing', 'cancelled');
  await shop.ledger.quiet();

  expect(await customer.status(paid)).toMatchObject({ status: 'completed' });
  expect(await customer.status(cancelled)).toMatchObject({ status: 'cancelled' });
  expect(shop.stack.fakeStripe?.refunds()).toHaveLength(1);
  expect(await shop.ledger.contradictions()).toEqual([]);
});
