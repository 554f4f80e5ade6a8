import { openShop, type TestShop } from './support/shop.ts';

let shop: TestShop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop?.close());

it('sells the last 10 pieces to 10 of 40 customers who order at the same moment, ten times over', async () => {
  const customers = await Promise.all(Array.from({ length: 40 }, () => shop.customer()));
  for (let round = 1; round <= 10; round++) {
    const productId = await shop.product(10);
    await Promise.all(customers.map((customer) => customer.call('POST', '/cart', { productId, qty: 1 })));
    const orders = await Promise.all(customers.map((customer) => customer.call('POST', '/orders', {})));
    const settled = await Promise.all(
      orders.map(async ({ status, body }, index) => {
        // Too late already when the cart was looked at is as good a refusal as one that comes by event.
        if (status === 409 && body.code === 'insufficient-stock') return 'out-of-stock';
        const customer = customers[index];
        if (status !== 201 || customer === undefined) throw new Error(JSON.stringify(body));
        await customer.reaches(body.orderNumber, 'processing', 'cancelled');
        const { status: reached, reason } = await customer.status(body.orderNumber);
        return reason ?? reached;
      }),
    );
    expect(settled.filter((outcome) => outcome === 'processing')).toHaveLength(10);
    expect(settled.filter((outcome) => outcome === 'out-of-stock')).toHaveLength(30);
    expect(await shop.stockOf(productId)).toBe(0);
    await Promise.all(customers.map(emptyCart));
  }
  await shop.ledger.quiet();
  expect(await shop.ledger.contradictions()).toEqual([]);
}, 90_000);

async function emptyCart(customer: Awaited<ReturnType<TestShop['customer']>>): Promise<void> {
  const { body } = await customer.call('GET', '/cart');
  for (const line of body.lines) await customer.call('DELETE', `/cart/${line.id}`);
}
