import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import { createMerchant, type Merchant } from '../support/merchant.ts';
import type { TestShop } from '../support/shop.ts';

/** Money and pieces come back, by the shop's own hand and by Stripe's dashboard, whatever engines the shop runs on. */
export function refundStories(openShop: () => Promise<TestShop>): void {
  let shop: TestShop;
  let customer: Customer;
  let merchant: Merchant;
  beforeAll(async () => {
    shop = await openShop();
    [customer, merchant] = [await shop.customer(), createMerchant(shop)];
  }, 120_000);
  afterAll(() => shop?.close(), 60_000);

  /** Of so many pieces at 5.00 of a product that had five. */
  async function paidOrder(qty = 2, card = 'pm_card_visa') {
    const productId = await shop.product(5, 500);
    const orderNumber = await customer.order(productId, qty);
    await customer.reaches(orderNumber, 'processing');
    const { id: paymentId } = (await customer.pay(orderNumber, card)).body;
    await customer.reaches(orderNumber, 'completed');
    return { productId, orderNumber, paymentId: String(paymentId) };
  }

  const order = async (orderNumber: string) => (await customer.call('GET', `/orders/${orderNumber}`)).body;
  const holds = () =>
    waitFor(async () => (await shop.findings()).length === 0, { what: 'all to hold', timeoutMs: 20_000 });

  it('gives back one of two pieces, and puts it on the shelf', async () => {
    const { productId, orderNumber } = await paidOrder();

    expect(
      (await merchant.refund(orderNumber, { lines: [{ productId, qty: 1, restock: true }] })).status,
    ).toBe(202);

    await waitFor(async () => (await order(orderNumber)).refundedAmount === 500);
    await waitFor(async () => (await shop.stockOf(productId)) === 4);
    expect(await order(orderNumber)).toMatchObject({
      status: 'completed',
      refunds: [{ status: 'succeeded' }],
    });
    await holds();
  });

  it('sees what is refunded in the dashboard: a part, and then the rest, which ends the order', async () => {
    const { productId, orderNumber, paymentId } = await paidOrder();

    expect((await merchant.refundInDashboard(paymentId, 300)).status).toBe(200);
    await waitFor(async () => (await order(orderNumber)).refundedAmount === 300);
    expect(await shop.stockOf(productId)).toBe(3);
    expect(await order(orderNumber)).toMatchObject({ status: 'completed' });
    expect((await merchant.refundInDashboard(paymentId, 700)).status).toBe(200);

    await customer.reaches(orderNumber, 'cancelled');
    await waitFor(async () => (await shop.stockOf(productId)) === 5);
    expect(await order(orderNumber)).toMatchObject({ refundedAmount: 1_000, reason: 'payment-cancelled' });
    await holds();
  });

  it('shows a refund that fails later, and gives the money back by another one', async () => {
    const { orderNumber } = await paidOrder(2, 'pm_card_refundFail');
    await merchant.refund(orderNumber, { amount: 400 });

    await waitFor(async () => (await order(orderNumber)).refunds[0]?.status === 'failed', {
      timeoutMs: 10_000,
    });

    expect(await order(orderNumber)).toMatchObject({ status: 'completed', refundedAmount: 0 });
    expect((await merchant.refund(orderNumber, { amount: 400 })).status).toBe(202);
    await waitFor(async () => (await order(orderNumber)).refunds[1]?.status === 'failed', {
      timeoutMs: 10_000,
    });
    await holds();
  });

  it('gives back what remains when the order is cancelled while a refund is pending', async () => {
    const { productId, orderNumber } = await paidOrder(2, 'pm_card_pendingRefund');
    await merchant.refund(orderNumber, { lines: [{ productId, qty: 1, restock: true }] });

    expect((await customer.call('POST', `/orders/${orderNumber}/cancel`)).status).toBe(200);

    await waitFor(async () => (await order(orderNumber)).refundedAmount === 1_000, { timeoutMs: 10_000 });
    await waitFor(async () => (await shop.stockOf(productId)) === 5);
    await holds();
  });
}
