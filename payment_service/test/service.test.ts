import { consumerGroups } from '@shop/contracts';
import { createInProcessBus } from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { createPaymentService } from '../src/app.ts';
import { createStripeClient } from '../src/clients/stripe-client.ts';
import {
  admin,
  createdPayment,
  customer,
  type Harness,
  pay,
  startHarness,
  stranger,
  testConfig,
} from './support/harness.ts';
import { createMemoryDeadLetters } from './support/memory-dead-letters.ts';

let shop: Harness;
let another: Harness | undefined;

beforeEach(async () => {
  shop = await startHarness();
});
afterEach(async () => {
  await another?.close();
  another = undefined;
  await shop.close();
});

const get = (path: string) => fetch(`${shop.url}${path}`);

it('is alive and ready', async () => {
  expect((await get('/healthz')).status).toBe(200);
  expect(await (await get('/readyz')).json()).toEqual({ status: 'ready', failed: [], degraded: [] });
});

it('stays ready without the event bus, and says so', async () => {
  await shop.bus.close();

  const reply = await get('/readyz');

  expect([reply.status, await reply.json()]).toEqual([
    200,
    { status: 'ready', failed: [], degraded: ['events'] },
  ]);
});

it('stops listening and consuming, harmlessly twice', async () => {
  await Promise.all([shop.service.stop(), shop.service.stop()]);

  await expect(get('/healthz')).rejects.toThrow();
  await expect(shop.command('CHECK_PAYMENT', 'ord-12345678', 'pi_1')).rejects.toThrow('has left');
});

it('gives everything back when its port is taken', async () => {
  const logger = createLogger({ name: 'payment_service', level: 'silent' });
  const deadLetters = createMemoryDeadLetters();
  const bus = createInProcessBus({ groups: consumerGroups, deadLetters, logger });
  const config = testConfig({ ORDER_SERVICE_URL: shop.url, JWKS_URL: shop.url, USER_SERVICE_URL: shop.url });
  const port = Number(new URL(shop.url).port);
  const second = createPaymentService({ ...config, port }, { logger, bus });
  const command = {
    topic: 'PaymentEvents' as const,
    key: 'ord-12345678',
    headers: {},
    value: Buffer.from(''),
  };

  await expect(second.start()).rejects.toMatchObject({ code: 'EADDRINUSE' });

  await expect(bus.publish(command)).rejects.toThrow('payment_service has left');
  await second.stop();
  await bus.close();
});

it('writes no secret into its log, whatever goes wrong', async () => {
  const { orderNumber, paymentId, secret } = await createdPayment(shop);
  await pay(shop, paymentId, 'pm_card_visa_chargeDeclined').catch(() => {});
  await waitFor(() => shop.newsOf(orderNumber).length === 2);
  await shop.post('/verify-payment/pi_unknown', admin);
  await shop.post(`/verify-payment/${paymentId}`, stranger);
  await shop.post('/webhooks/stripe', undefined, '{}', { 'stripe-signature': 't=1,v1=forged' });
  await shop.command('REFUND_PAYMENT', 'another-order', paymentId);
  shop.stripe.faults.set({ failCreates: 9, dropReplies: 1 });
  const { orderNumber: unlucky } = shop.orders.place();
  await shop.post('/create-payment', customer, { orderNumber: unlucky });
  shop.stripe.faults.reset();
  const { orderNumber: wrong } = shop.orders.place({ paymentId });
  await shop.post('/create-payment', customer, { orderNumber: wrong });
  shop.faults.failPublishes = 1;
  await shop.post(`/verify-payment/${paymentId}`, customer);

  const log = shop.logs.join('');

  for (const event of [
    'unexpected error',
    'a request was answered 503',
    'event dead-lettered',
    'request completed',
  ]) {
    expect(log).toContain(event);
  }
  const [, , signature = ''] = customer.split('.');
  for (const hidden of [secret, '_secret_', 'sk_test_', 'whsec_', 'v1=forged', signature]) {
    expect(log).not.toContain(hidden);
  }
});

it('hides a key that Stripe refuses, and calls that unavailable', async () => {
  another = await startHarness({
    stripe: (apiUrl) =>
      createStripeClient({ stripeSecretKey: 'sk_old_0123456789abcdef', stripeApiUrl: apiUrl }),
  });
  const { orderNumber } = another.orders.place();

  const reply = await another.post('/create-payment', customer, { orderNumber });

  expect([reply.status, reply.body['code']]).toEqual([503, 'stripe-unavailable']);
  const log = another.logs.join('');
  expect(log).toContain('StripeAuthenticationError');
  expect(log).not.toContain('0123456789abcdef');
});
