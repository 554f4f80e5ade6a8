import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
let release: () => void = () => {};
const held = new Promise<void>((resolve) => {
  release = resolve;
});

beforeAll(async () => {
  shop = await openShop({
    tamper: async (event, group) => {
      if (group === 'catalog_service' && event.headers['ce_type'] === 'CREATE_ORDER') await held;
      return [event];
    },
  });
}, 60_000);
afterAll(() => shop?.close());

it('puts the stock of an order back once that was cancelled while pending', async () => {
  const [customer, productId] = [await shop.customer(), await shop.product(5)];
  const orderNumber = await customer.order(productId, 2);
  expect(await customer.status(orderNumber)).toMatchObject({ status: 'pending' });
  expect((await customer.call('POST', `/orders/${orderNumber}/cancel`)).status).toBe(200);
  release();
  await shop.ledger.quiet();
  expect(await customer.status(orderNumber)).toMatchObject({ status: 'cancelled', reason: 'by-customer' });
  expect(await shop.stockOf(productId)).toBe(5);
  expect(await shop.ledger.contradictions()).toEqual([]);
});
