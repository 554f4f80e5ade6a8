import { waitFor } from '@shop/testing';
import type { TestShop } from '../support/shop.ts';

/** A customer buys, pays and cancels, whatever engines the shop runs on. */
export function purchaseStories(openShop: () => Promise<TestShop>): void {
  let shop: TestShop;
  beforeAll(async () => {
    shop = await openShop();
  }, 120_000);
  afterAll(() => shop?.close(), 60_000);

  it('takes an order from the cart to completed, with its stock deducted once', async () => {
    const [customer, productId] = [await shop.customer(), await shop.product(7)];
    const orderNumber = await customer.order(productId, 3);
    await customer.reaches(orderNumber, 'processing');
    expect(await shop.stockOf(productId)).toBe(4);
    expect((await customer.pay(orderNumber)).body.status).toBe('succeeded');
    await customer.reaches(orderNumber, 'completed');
    await shop.ledger.quiet();
    expect(await shop.stockOf(productId)).toBe(4);
    expect(await shop.ledger.contradictions()).toEqual([]);
  });

  it('lets a declined card be followed by one that is accepted', async () => {
    const [customer, productId] = [await shop.customer(), await shop.product(1)];
    const orderNumber = await customer.order(productId);
    await customer.reaches(orderNumber, 'processing');
    expect((await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined')).status).toBe(402);
    await customer.pay(orderNumber);
    await customer.reaches(orderNumber, 'completed');
    const { body } = await customer.call('GET', `/orders/${orderNumber}`);
    expect(body.history.map(({ cause }: { cause: string }) => cause)).toEqual(
      expect.arrayContaining([
        'created',
        'stock-reserved',
        'payment-created',
        'payment-failed',
        'payment-succeeded',
      ]),
    );
    expect(await shop.ledger.contradictions()).toEqual([]);
  });

  it('completes a free order without a payment, and cancels it without Stripe', async () => {
    const [customer, productId] = [await shop.customer(), await shop.product(3, 0)];
    const orderNumber = await customer.order(productId, 2);
    await customer.reaches(orderNumber, 'completed');
    expect(await shop.stockOf(productId)).toBe(1);
    const payment = await customer.call('POST', '/create-payment', { orderNumber });
    expect(payment).toMatchObject({ status: 409, body: { code: 'nothing-to-pay' } });
    await shop.ledger.quiet();
    expect(await shop.ledger.contradictions()).toEqual([]);
    await customer.call('POST', `/orders/${orderNumber}/cancel`);
    await shop.ledger.quiet();
    expect(await shop.stockOf(productId)).toBe(3);
    expect(await shop.ledger.contradictions()).toEqual([]);
  });

  describe('cancelling', () => {
    it('puts the stock back once when the order is processing', async () => {
      const [customer, productId] = [await shop.customer(), await shop.product(5)];
      const orderNumber = await customer.order(productId, 2);
      await customer.reaches(orderNumber, 'processing');
      const answers = await Promise.all(
        Array.from({ length: 5 }, () => customer.call('POST', `/orders/${orderNumber}/cancel`)),
      );
      expect(answers.map(({ status }) => status).sort()).toEqual([200, 409, 409, 409, 409]);
      await shop.ledger.quiet();
      expect(await shop.stockOf(productId)).toBe(5);
      expect(await shop.ledger.contradictions()).toEqual([]);
    });

    it('cancels the open payment of a processing order', async () => {
      const [customer, productId] = [await shop.customer(), await shop.product(5)];
      const orderNumber = await customer.order(productId);
      await customer.reaches(orderNumber, 'processing');
      await customer.pay(orderNumber, 'pm_card_visa_chargeDeclined');
      await customer.call('POST', `/orders/${orderNumber}/cancel`);
      await shop.ledger.quiet();
      const statuses = () =>
        (shop.stack.fakeStripe?.paymentIntents() ?? [])
          .filter(({ metadata }) => metadata['order_number'] === orderNumber)
          .map(({ status }) => status);
      await waitFor(() => statuses().includes('canceled'));
      expect(statuses()).toEqual(['canceled']);
      expect(await shop.stockOf(productId)).toBe(5);
    });

    it('gives stock and money back once when the order is paid', async () => {
      const [customer, productId] = [await shop.customer(), await shop.product(5)];
      const orderNumber = await customer.order(productId, 2);
      await customer.reaches(orderNumber, 'processing');
      const paid = await customer.pay(orderNumber);
      await customer.reaches(orderNumber, 'completed');
      expect((await customer.call('POST', `/orders/${orderNumber}/cancel`)).status).toBe(200);
      await shop.ledger.quiet();
      const refunds = () =>
        (shop.stack.fakeStripe?.refunds() ?? []).filter((refund) => refund.payment_intent === paid.body.id);
      await waitFor(() => refunds().length > 0);
      await shop.ledger.quiet();
      expect(refunds()).toHaveLength(1);
      expect(await shop.stockOf(productId)).toBe(5);
      expect(await customer.status(orderNumber)).toMatchObject({
        status: 'cancelled',
        reason: 'by-customer',
      });
      expect(await shop.ledger.contradictions()).toEqual([]);
    });
  });
}
