import { admin, createdPayment, customer, type Harness, pay, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
  shop.stripe.faults.set({ webhooks: 'lose' });
});
afterAll(() => shop.close());

it('the metrics tell of payments, their amounts once, and of Stripe', async () => {
  const { paymentId } = await createdPayment(shop, shop.orders.place({ amount: 1_500, currency: 'eur' }));
  await pay(shop, paymentId);
  await shop.post(`/verify-payment/${paymentId}`, customer);
  await shop.post(`/verify-payment/${paymentId}`, customer);
  await createdPayment(shop, shop.orders.place({ amount: 250 }));
  await shop.post('/webhooks/stripe', undefined, '{}', { 'stripe-signature': 't=1,v1=forged' });
  await shop.post('/verify-payment/pi_unknown', admin);
  shop.stripe.faults.set({ failCreates: 1 });
  await shop.post('/create-payment', customer, { orderNumber: shop.orders.place().orderNumber });

  expect(await shop.metric('payments_published_total')).toEqual([
    '{status="created"} 2',
    '{status="succeeded"} 2',
  ]);
  expect(await shop.metric('payment_amount_total')).toEqual([
    '{status="created",currency="eur"} 1500',
    '{status="succeeded",currency="eur"} 1500',
    '{status="created",currency="usd"} 250',
  ]);
  expect(await shop.metric('stripe_webhook_signature_failures_total')).toEqual(['{} 1']);
  expect((await shop.metric('stripe_requests_total')).sort()).toEqual([
    '{operation="create-payment-intent",outcome="failed"} 1',
    '{operation="create-payment-intent",outcome="succeeded"} 2',
    '{operation="list-refunds",outcome="succeeded"} 2',
    '{operation="retrieve-payment-intent",outcome="refused"} 1',
    '{operation="retrieve-payment-intent",outcome="succeeded"} 4',
  ]);
  expect((await shop.metric('stripe_request_duration_seconds_count')).sort()).toEqual([
    '{operation="create-payment-intent"} 3',
    '{operation="list-refunds"} 2',
    '{operation="retrieve-payment-intent"} 5',
  ]);
});
