import { waitFor } from '@shop/testing';
import { problem } from './support/fake-orders.ts';
import {
  admin,
  createdPayment,
  customer,
  type Harness,
  pay,
  startHarness,
  stranger,
} from './support/harness.ts';

let shop: Harness;

beforeAll(async () => {
  shop = await startHarness();
  // As if every webhook were lost: that is what this route is for.
  shop.stripe.faults.set({ webhooks: 'lose' });
});
afterAll(() => shop.close());

const verify = (paymentId: string, token: string | undefined = customer) =>
  shop.post(`/verify-payment/${encodeURIComponent(paymentId)}`, token);

describe('verify-payment', () => {
  it.each([
    ['its customer', customer],
    ['an administrator', admin],
  ])('tells %s what Stripe says, and order_service too', async (_who, token) => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);

    const reply = await verify(paymentId, token);

    expect(reply.status).toBe(200);
    expect(reply.body).toEqual({ message: 'The payment is succeeded.', status: 'succeeded' });
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:succeeded`]);
  });

  it('says the same event each time', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);

    await verify(paymentId);
    await verify(paymentId);

    const repeats = shop.eventsOf(orderNumber).filter(({ data }) => data.status === 'succeeded');
    expect(repeats.map(({ id }) => id)).toEqual([`${paymentId}:succeeded`, `${paymentId}:succeeded`]);
    expect(repeats[1]?.data).toEqual(repeats[0]?.data);
  });

  it('hides a payment from other customers, and publishes nothing', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);

    const reply = await verify(paymentId, stranger);

    expect([reply.status, reply.body['code']]).toEqual([404, 'payment-not-found']);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`]);
  });

  it('answers for a payment of somebody else exactly as for none', async () => {
    const { paymentId } = await createdPayment(shop);
    const replies = [await verify(paymentId, stranger), await verify('pi_nothing', stranger)];

    const [theirs, none] = replies.map(({ status, body }) => [status, body['code'], body['detail']]);
    expect(theirs).toEqual(none);
  });

  it('knows no payment that is not an order of this shop', async () => {
    const { id } = await shop.sdk.paymentIntents.create({ amount: 100, currency: 'usd' });

    const reply = await verify(id, admin);

    expect([reply.status, reply.body['code']]).toEqual([404, 'payment-not-found']);
  });

  it.each([
    '..',
    '../customers',
    'search',
    'ch_123',
    'pi_a/confirm',
    'pi_a?expand=x',
    `pi_${'a'.repeat(300)}`,
  ])('does not ask Stripe for %s', async (id) => {
    const reply = await verify(id, admin);

    expect([
      reply.status,
      ['payment-not-found', 'route-not-found'].includes(String(reply.body['code'])),
    ]).toEqual([404, true]);
  });

  it('does not ask Stripe for a payment that no order of the caller has', async () => {
    const { paymentId } = await createdPayment(shop);
    const asked = () => shop.metric('stripe_requests_total');
    const before = await asked();

    const invented = await Promise.all(
      Array.from({ length: 20 }, (_, index) => verify(`pi_invented${index}`)),
    );
    const theirs = await verify(paymentId, stranger);

    expect(new Set([...invented, theirs].map(({ body }) => body['code']))).toEqual(
      new Set(['payment-not-found']),
    );
    expect(await asked()).toEqual(before);
  });

  it('waits a moment for an order that has not learnt of its payment', async () => {
    const { order, paymentId } = await createdPayment(shop);
    shop.orders.place({ ...order, paymentId: null });
    const asked = shop.orders.requests.length;

    const replying = verify(paymentId);
    await waitFor(() => shop.orders.requests.length > asked);
    shop.orders.place(order);

    expect((await replying).body).toMatchObject({ status: 'created' });
  });

  it('asks Stripe when order_service is of a release that cannot say whose a payment is', async () => {
    const { paymentId } = await createdPayment(shop);
    shop.orders.answer(paymentId, problem(404, 'route-not-found'));

    expect((await verify(paymentId)).status).toBe(200);
    expect((await verify(paymentId, stranger)).body['code']).toBe('payment-not-found');
  });

  it('is 503 when order_service cannot say whose a payment is', async () => {
    const { paymentId } = await createdPayment(shop);
    shop.orders.answer(paymentId, problem(503, 'database-unavailable', { 'Retry-After': '1' }));

    const reply = await verify(paymentId);

    expect([reply.status, reply.body['code']]).toEqual([503, 'order-service-unavailable']);
  });

  it('needs a token', async () => {
    expect((await shop.post('/verify-payment/pi_1', undefined)).status).toBe(401);
  });

  it('is 503 when order_service cannot be told', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);
    shop.faults.failPublishes = 1;

    const reply = await verify(paymentId);

    expect([reply.status, reply.body['code']]).toEqual([503, 'events-unavailable']);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`]);
  });
});
