import { waitFor } from '@shop/testing';
import { createdPayment, customer, type Harness, paid, pay, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());

const traceId = '4bf92f3577b34da6a3ce929d0e0e4736';
const traceparent = `00-${traceId}-00f067aa0ba902b7-01`;
const wellFormed = /^00-[0-9a-f]{32}-[0-9a-f]{16}-[0-9a-f]{2}$/;

const metadataOf = (orderNumber: string) =>
  shop.stripe
    .paymentIntents()
    .map(({ metadata }) => metadata)
    .filter((metadata) => metadata['order_number'] === orderNumber);

describe("the order's trace", () => {
  it('is kept with the payment, and is nobody else’s business', async () => {
    const { orderNumber } = shop.orders.place({ traceparent });

    const first = await shop.post('/create-payment', customer, { orderNumber });
    const second = await shop.post('/create-payment', customer, { orderNumber });

    expect([first.status, second.body]).toEqual([200, first.body]);
    expect(JSON.stringify(first.body)).not.toContain(traceId);
    expect(metadataOf(orderNumber)).toEqual([{ order_number: orderNumber, customer_id: '7', traceparent }]);
  });

  it('is gone on with by webhooks', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop, shop.orders.place({ traceparent }));

    await paid(shop, paymentId, orderNumber);

    expect(shop.eventsOf(orderNumber).at(-1)?.traceparent?.split('-')[1]).toBe(traceId);
  });

  it('is gone on with by commands that have another', async () => {
    shop.stripe.faults.set({ webhooks: 'lose' });
    const { orderNumber, paymentId } = await createdPayment(shop, shop.orders.place({ traceparent }));
    await pay(shop, paymentId);

    await shop.command('REFUND_PAYMENT', orderNumber, paymentId);

    const [last] = shop.eventsOf(orderNumber).slice(-1);
    expect([last?.data.status, last?.traceparent?.split('-')[1]]).toEqual(['refunded', traceId]);
    shop.stripe.faults.reset();
  });

  it.each<unknown>([
    undefined,
    null,
    '',
    'nonsense',
    `00-${'0'.repeat(32)}-00f067aa0ba902b7-01`,
    `${traceparent}-x`,
    'x'.repeat(600),
  ])('is not kept when it is %j', async (illFormed) => {
    const { orderNumber, paymentId } = await createdPayment(
      shop,
      shop.orders.place({ traceparent: illFormed }),
    );

    await pay(shop, paymentId);

    await waitFor(() => shop.newsOf(orderNumber).includes(`${paymentId}:succeeded`));
    expect(metadataOf(orderNumber)).toEqual([{ order_number: orderNumber, customer_id: '7' }]);
    expect(shop.eventsOf(orderNumber).at(-1)?.traceparent).toMatch(wellFormed);
  });
});
