import type { Customer, Reply } from '../support/customers.ts';
import type { TestShop } from '../support/shop.ts';

/** Nothing is oversold, whatever engines the shop runs on. */
export function lastPiecesStory(openShop: () => Promise<TestShop>): void {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openShop();
  }, 120_000);
  afterAll(() => shop?.close(), 60_000);

  it('sells the last 10 pieces to 10 of 40 customers who order at the same moment, three times over', async () => {
    const customers = await Promise.all(Array.from({ length: 40 }, () => shop.customer()));
    for (let round = 1; round <= 3; round++) {
      const productId = await shop.product(10);
      await Promise.all(customers.map((customer) => customer.putIntoCart(productId, 1)));
      const replies = await Promise.all(customers.map((customer) => customer.placeOrder()));
      await shop.ledger.quiet();
      const outcomes = await Promise.all(
        customers.map((customer, index) => outcomeOf(customer, replies[index])),
      );
      expect(outcomes.filter((outcome) => outcome === 'processing')).toHaveLength(10);
      expect(outcomes.filter((outcome) => outcome === 'out-of-stock')).toHaveLength(30);
      expect(await shop.stockOf(productId)).toBe(0);
    }
    await shop.ledger.quiet();
    expect(await shop.ledger.contradictions()).toEqual([]);
  }, 180_000);
}

/** An order refused at once, because the stock is seen to be gone, is as good as one cancelled a moment later. */
async function outcomeOf(customer: Customer, reply: Reply | undefined): Promise<string | null> {
  if (reply?.body.code === 'insufficient-stock') {
    await emptyCart(customer);
    return 'out-of-stock';
  }
  if (reply?.status !== 201) throw new Error(`order: ${JSON.stringify(reply)}`);
  const { status, reason } = await customer.status(reply.body.orderNumber);
  return reason ?? status;
}

async function emptyCart(customer: Customer): Promise<void> {
  const { body } = await customer.call('GET', '/cart');
  for (const line of body.lines) await customer.call('DELETE', `/cart/${line.id}`);
}
