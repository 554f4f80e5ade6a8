import { waitFor } from '@shop/testing';
import type { Customer } from '../support/customers.ts';
import { createMerchant, type Merchant } from '../support/merchant.ts';
import type { TestShop } from '../support/shop.ts';

/** What was sent stays sent, and what a bank asks is seen, whatever engines the shop runs on. */
export function shippedStories(openShop: () => Promise<TestShop>): void {
  let shop: TestShop;
  let customer: Customer;
  let merchant: Merchant;
  beforeAll(async () => {
    shop = await openShop();
    customer = await shop.customer();
    merchant = createMerchant(shop);
  }, 120_000);
  afterAll(() => shop?.close(), 60_000);

  /** A paid order of two pieces, of which there were five. */
  async function paidOrder() {
    const productId = await shop.product(5);
    const orderNumber = await customer.order(productId, 2);
    await customer.reaches(orderNumber, 'processing');
    const { id: paymentId } = (await customer.pay(orderNumber)).body;
    await customer.reaches(orderNumber, 'completed');
    return { productId, orderNumber, paymentId };
  }

  const causes = async (orderNumber: string) =>
    (await merchant.order(orderNumber)).history.map(({ cause }: { cause: string }) => cause);

  it('is not put back on the shelf: not by a cancellation, and not by a refund in the dashboard', async () => {
    const { productId, orderNumber, paymentId } = await paidOrder();
    const { body: shipped } = await merchant.ship(orderNumber);
    expect(shipped).toMatchObject({ fulfilment: 'shipped' });

    const cancel = await customer.call('POST', `/orders/${orderNumber}/cancel`);
    expect(cancel).toMatchObject({ status: 409, body: { code: 'order-shipped' } });
    await merchant.refundInDashboard(paymentId);
    await waitFor(async () => (await causes(orderNumber)).includes('payment-refunded'));

    await merchant.deliver(orderNumber, shipped.shipment.id);

    await shop.ledger.quiet();
    expect(await customer.status(orderNumber)).toMatchObject({
      status: 'cancelled',
      fulfilment: 'delivered',
    });
    expect(await shop.stockOf(productId)).toBe(3);
    expect(await shop.findings()).toEqual([]);
  });

  it('a dispute comes from the bank into the history and the metric, and goes when it is won', async () => {
    const { orderNumber, paymentId } = await paidOrder();
    const disputes = async (status: string) => {
      const { history } = await merchant.order(orderNumber);
      return history.find(({ details }: { details?: { dispute?: { status: string } } }) => {
        return details?.dispute?.status === status;
      });
    };

    const { id } = (await merchant.dispute(paymentId, 'product_not_received')).body;
    const asked = await waitFor(() => disputes('needs_response'));
    expect(asked).toMatchObject({
      cause: 'disputed',
      details: { paymentId, amount: 2_500, dispute: { id, reason: 'product_not_received' } },
    });
    expect(await shop.metrics('order')).toMatch(/^disputes_open\{.*status="needs_response".*\} 1$/m);
    await shop.atStripe(`disputes/${id}`, { 'evidence[uncategorized_text]': 'winning_evidence' });

    await waitFor(() => disputes('won'));
    expect(await causes(orderNumber)).toEqual(expect.arrayContaining(['disputed', 'disputed']));
    expect(await customer.status(orderNumber)).not.toHaveProperty('disputed');
    await shop.ledger.quiet();
    expect(await shop.findings()).toEqual([]);
  });
}
