import { createServer, type Server, type Socket } from 'node:net';
import { createStripeClient } from '../src/clients/stripe-client.ts';
import { problem } from './support/fake-orders.ts';
import {
  admin,
  createdPayment,
  customer,
  type Harness,
  pay,
  secretKey,
  startHarness,
  stranger,
  tokenOf,
} from './support/harness.ts';

let shop: Harness;

beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.close());
beforeEach(() => {
  shop.stripe.faults.reset();
  // These stories must not depend on webhooks.
  shop.stripe.faults.set({ webhooks: 'lose' });
  shop.faults.failPublishes = 0;
});

const create = (orderNumber: unknown, token: string | undefined = customer) =>
  shop.post('/create-payment', token, { orderNumber });

const intentsOf = (orderNumber: string) =>
  shop.stripe.paymentIntents().filter((intent) => intent.metadata['order_number'] === orderNumber);

const paymentIdIn = (reply: { body: Record<string, unknown> }) =>
  (reply.body['data'] as { paymentId: string }).paymentId;

describe('a payment is created', () => {
  it('for a guest, of whom there is no email, as for a customer', async () => {
    const order = shop.orders.place({ customerId: 43 });
    const guest = tokenOf(43, { role: 'guest', email: null });

    const reply = await create(order.orderNumber, guest);

    const [intent, ...others] = intentsOf(order.orderNumber);
    expect(reply).toMatchObject({ status: 200, body: { data: { secret: intent?.client_secret } } });
    expect(others).toEqual([]);
    expect(intent).toMatchObject({ metadata: { order_number: order.orderNumber, customer_id: '43' } });
    expect(shop.eventsOf(order.orderNumber)).toMatchObject([{ data: { paymentId: intent?.id } }]);
    expect(paymentIdIn(await create(order.orderNumber, guest))).toBe(intent?.id);
  });

  it('answers what the storefront needs, and says so to order_service', async () => {
    const order = shop.orders.place({ amount: 1_999, currency: 'eur' });

    const reply = await create(order.orderNumber);

    const [intent] = intentsOf(order.orderNumber);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('no-store');
    expect(reply.body).toEqual({
      message: expect.any(String),
      data: {
        secret: intent?.client_secret,
        pubKey: 'pk_test_harness',
        amount: 1_999,
        currency: 'eur',
        order: { ...order, paymentId: intent?.id },
        paymentId: intent?.id,
      },
    });
    expect(intent).toMatchObject({
      amount: 1_999,
      currency: 'eur',
      metadata: { order_number: order.orderNumber, customer_id: '7' },
    });
    expect(shop.eventsOf(order.orderNumber)).toMatchObject([
      {
        id: `${intent?.id}:created`,
        type: 'CREATE_PAYMENT',
        source: 'payment_service',
        key: order.orderNumber,
        data: {
          orderNumber: order.orderNumber,
          paymentId: intent?.id,
          status: 'created',
          amount: 1_999,
          currency: 'eur',
          paymentLog: '{"status":"requires_payment_method"}',
        },
      },
    ]);
  });

  it("asks order_service with the customer's own token", async () => {
    const { orderNumber } = shop.orders.place();

    await create(orderNumber);

    const request = shop.orders.requests.find(({ path }) => path.includes(orderNumber));
    expect(request?.path).toBe(`/orders/${orderNumber}/checkout`);
    expect(request?.headers.authorization).toBe(`Bearer ${customer}`);
    expect(request?.headers['traceparent']).toBeDefined();
  });

  it('takes no notice of an Idempotency-Key: the order number is the key', async () => {
    const { orderNumber } = shop.orders.place();
    const send = (key: string) =>
      shop.post('/create-payment', customer, { orderNumber }, { 'idempotency-key': key });

    const replies = [await send('one'), await send('two')];

    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(intentsOf(orderNumber)).toHaveLength(1);
  });

  it('tells the customer with which payment to go on after a decline', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await expect(pay(shop, paymentId, 'pm_card_visa_chargeDeclined')).rejects.toThrow('declined');

    const reply = await create(orderNumber);

    expect(reply.status).toBe(200);
    expect(paymentIdIn(reply)).toBe(paymentId);
  });
});

describe('one payment for an order', () => {
  it('however often it is asked for', async () => {
    const { orderNumber } = shop.orders.place();

    const first = await create(orderNumber);
    const second = await create(orderNumber);

    expect(second.body).toEqual(first.body);
    expect(intentsOf(orderNumber)).toHaveLength(1);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentIdIn(first)}:created`]);
  });

  it('when twenty ask at the same moment and Stripe is slow', async () => {
    shop.stripe.faults.set({ slowMs: 15 });
    const { orderNumber } = shop.orders.place();

    const replies = await Promise.all(Array.from({ length: 20 }, () => create(orderNumber)));

    expect(replies.map(({ status }) => status)).toEqual(Array(20).fill(200));
    expect(new Set(replies.map(paymentIdIn)).size).toBe(1);
    expect(intentsOf(orderNumber)).toHaveLength(1);
  });

  it('when the reply is lost after Stripe has made it', async () => {
    shop.stripe.faults.set({ dropReplies: 1 });
    const { orderNumber } = shop.orders.place();

    const reply = await create(orderNumber);

    expect(reply.status).toBe(200);
    expect(intentsOf(orderNumber).map(({ id }) => id)).toEqual([paymentIdIn(reply)]);
  });

  it('when every reply of a call is lost, and the customer tries again', async () => {
    shop.stripe.faults.set({ dropReplies: 2 });
    const { orderNumber } = shop.orders.place();

    const lost = await create(orderNumber);
    const again = await create(orderNumber);

    expect([lost.status, lost.body['code']]).toEqual([503, 'stripe-unavailable']);
    expect(again.status).toBe(200);
    expect(intentsOf(orderNumber).map(({ id }) => id)).toEqual([paymentIdIn(again)]);
  });

  it('when Stripe keeps a 500 under the key although it has made it', async () => {
    shop.stripe.faults.set({ failCreatesAfterEffect: 1 });
    const { orderNumber } = shop.orders.place();

    const failed = await create(orderNumber);
    const again = await create(orderNumber);

    expect([failed.status, failed.headers.get('retry-after')]).toEqual([503, '2']);
    expect(again.status).toBe(200);
    expect(intentsOf(orderNumber).map(({ id }) => id)).toEqual([paymentIdIn(again)]);
  });

  it('when Stripe keeps a 500 under the key, and under the next, without any effect', async () => {
    shop.stripe.faults.set({ failCreates: 2 });
    const { orderNumber } = shop.orders.place();

    const statuses = [(await create(orderNumber)).status, (await create(orderNumber)).status];
    const third = await create(orderNumber);
    const fourth = await create(orderNumber);

    expect(statuses).toEqual([503, 503]);
    expect(third.status).toBe(200);
    expect(paymentIdIn(fourth)).toBe(paymentIdIn(third));
    expect(intentsOf(orderNumber)).toHaveLength(1);
  });

  it('when an earlier release has used the key with other parameters', async () => {
    const { orderNumber } = shop.orders.place();
    await shop.sdk.paymentIntents.create(
      { amount: 100, currency: 'usd' },
      { idempotencyKey: `pi:${orderNumber}` },
    );

    const replies = [await create(orderNumber), await create(orderNumber)];

    expect(replies.map(({ status }) => status)).toEqual([200, 200]);
    expect(intentsOf(orderNumber)).toHaveLength(1);
  });

  it('never makes one for an order that has one', async () => {
    const before = shop.stripe.paymentIntents().length;
    const { orderNumber } = shop.orders.place({ paymentId: 'pi_forgotten' });

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([404, 'payment-not-found']);
    expect(shop.stripe.paymentIntents()).toHaveLength(before);
  });
});

describe('an order that cannot be paid any more', () => {
  it.each([
    [409, 'stock-pending', { 'Retry-After': '3' }],
    [409, 'order-cancelled', {}],
    [409, 'order-completed', {}],
    [409, 'nothing-to-pay', {}],
    [404, 'order-not-found', {}],
    [401, 'token-expired', {}],
    [429, 'too-many-requests', { 'Retry-After': '60' }],
  ])('passes on %i %s of order_service', async (status, code, headers: Record<string, string>) => {
    const { orderNumber } = shop.orders.place();
    shop.orders.answer(orderNumber, problem(status, code, headers));

    const reply = await create(orderNumber);

    expect(reply.status).toBe(status);
    expect(reply.body).toMatchObject({ code, detail: `It is ${code}.`, status });
    expect(reply.headers.get('retry-after')).toBe(headers['Retry-After'] ?? null);
    expect(reply.headers.get('content-type')).toContain('application/problem+json');
    expect(intentsOf(orderNumber)).toEqual([]);
    expect(shop.eventsOf(orderNumber)).toEqual([]);
  });

  it('passes on why an order was cancelled', async () => {
    const { orderNumber } = shop.orders.place();
    const refusal = problem(409, 'order-cancelled');
    const reason = 'payment-expired';
    shop.orders.answer(orderNumber, { ...refusal, body: { ...(refusal.body as object), reason } });

    expect((await create(orderNumber)).body).toMatchObject({ code: 'order-cancelled', reason });
  });

  it('publishes a payment that has succeeded, so that a lost webhook heals', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([409, 'payment-succeeded']);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:succeeded`]);
  });

  it('publishes a payment that was cancelled elsewhere', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await shop.sdk.paymentIntents.cancel(paymentId);

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([409, 'payment-cancelled']);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:cancelled`]);
  });

  it('publishes a payment that was refunded elsewhere', async () => {
    const { orderNumber, paymentId } = await createdPayment(shop);
    await pay(shop, paymentId);
    await shop.sdk.refunds.create({ payment_intent: paymentId });

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([409, 'payment-refunded']);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentId}:created`, `${paymentId}:refunded`]);
  });

  it.each([
    [0, 'usd'],
    [49, 'usd'],
    [100_000_000, 'usd'],
    [49, 'jpy'],
    [5_124, 'kwd'],
    [1_000, 'zzz'],
  ])('is refused when Stripe does not take it: %i %s', async (amount, currency) => {
    const { orderNumber } = shop.orders.place({ amount, currency });

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([409, 'payment-not-possible']);
    expect(shop.eventsOf(orderNumber)).toEqual([]);
  });
});

it('is created for any amount that Stripe takes', async () => {
  const order = shop.orders.place({ amount: 999_999_999_999, currency: 'idr' });

  const reply = await create(order.orderNumber);

  expect(reply.body).toMatchObject({ data: { amount: 999_999_999_999, currency: 'idr' } });
});

describe('nobody pays with the wrong payment', () => {
  it("does not take another order's payment for this one", async () => {
    const other = await createdPayment(shop);
    const { orderNumber } = shop.orders.place({ paymentId: other.paymentId });

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([500, 'internal-error']);
    expect(shop.eventsOf(orderNumber)).toEqual([]);
  });

  it('does not ask for another sum than the order is about', async () => {
    const { order, orderNumber } = await createdPayment(shop);
    shop.orders.place({ ...order, amount: order.amount + 1 });

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([500, 'internal-error']);
  });

  it.each([
    ['another customer', stranger],
    ['another guest', tokenOf(8, { role: 'guest', email: null })],
    ['an administrator', admin],
  ])('refuses %s as if there were no such order', async (_who, token) => {
    const { orderNumber } = shop.orders.place();

    const reply = await create(orderNumber, token);

    expect([reply.status, reply.body['code']]).toEqual([404, 'order-not-found']);
    expect(intentsOf(orderNumber)).toEqual([]);
  });

  it('does so itself should order_service show orders to everybody', async () => {
    const order = shop.orders.place();
    shop.orders.answer(order.orderNumber, { status: 200, body: order, toEverybody: true });

    const reply = await create(order.orderNumber, stranger);

    expect([reply.status, reply.body['code']]).toEqual([404, 'order-not-found']);
    expect(intentsOf(order.orderNumber)).toEqual([]);
  });
});

describe('bad requests', () => {
  it.each([
    ['no body', undefined],
    ['an empty object', {}],
    ['a list', []],
    ['null', 'null'],
    ['a number', { orderNumber: 12_345_678 }],
    ['too short', { orderNumber: 'abc' }],
    ['too long', { orderNumber: 'a'.repeat(65) }],
    ['a path', { orderNumber: '../../orders/x' }],
    ['an object', { orderNumber: { $ne: null } }],
  ])('%s is 400', async (_what, body) => {
    const reply = await shop.post('/create-payment', customer, body);

    expect(reply.status).toBe(400);
    expect(reply.body['errors']).toEqual([{ field: 'orderNumber', message: expect.any(String) }]);
  });

  it('broken JSON is 400', async () => {
    const reply = await shop.post('/create-payment', customer, '{"orderNumber":');

    expect([reply.status, reply.body['code']]).toEqual([400, 'malformed-json']);
  });

  it.each([
    ['no token', undefined, 'token-missing'],
    ['not a token', 'abc', 'invalid-token'],
    ['an expired token', tokenOf(7, { exp: 1 }), 'token-expired'],
    ['a token for others', tokenOf(7, { aud: 'bank' }), 'invalid-token'],
  ])('%s is 401', async (_what, token, code) => {
    const { orderNumber } = shop.orders.place();

    const reply = await shop.post('/create-payment', token, { orderNumber });

    expect([reply.status, reply.body['code']]).toEqual([401, code]);
    expect(intentsOf(orderNumber)).toEqual([]);
  });
});

describe('when something is unavailable', () => {
  it('the event bus: 503, and the next call goes on with the same payment', async () => {
    const { orderNumber } = shop.orders.place();
    shop.faults.failPublishes = 1;

    const failed = await create(orderNumber);
    const again = await create(orderNumber);

    expect([failed.status, failed.body['code']]).toEqual([503, 'events-unavailable']);
    expect(failed.headers.get('retry-after')).toBe('1');
    expect(again.status).toBe(200);
    expect(intentsOf(orderNumber)).toHaveLength(1);
    expect(shop.newsOf(orderNumber)).toEqual([`${paymentIdIn(again)}:created`]);
  });

  it.each([
    ['says too little', { status: 200, body: { orderNumber: 'ord-12345678', customerId: 7 } }],
    ['says something else', { status: 200, body: 'hello', toEverybody: true }],
    ['refuses without a problem document', { status: 404, body: { error: 'gone' } }],
    ['breaks', { status: 500, body: {} }],
  ])('order_service %s: 503', async (_how, answer) => {
    const { orderNumber } = shop.orders.place();
    shop.orders.answer(orderNumber, answer);

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([503, 'order-service-unavailable']);
    expect(reply.headers.get('retry-after')).toBe('1');
    expect(intentsOf(orderNumber)).toEqual([]);
  });

  it('Stripe: 503 at once, and all is well when it is back', async () => {
    const { orderNumber } = shop.orders.place();
    await shop.stripe.stop();
    const startedAt = performance.now();

    const reply = await create(orderNumber);

    expect([reply.status, reply.body['code']]).toEqual([503, 'stripe-unavailable']);
    expect(reply.headers.get('retry-after')).toBe('2');
    expect(performance.now() - startedAt).toBeLessThan(3_000);
    await shop.stripe.start(shop.stripePort);
    expect((await create(orderNumber)).status).toBe(200);
  });
});

describe('a Stripe that takes the call and says nothing', () => {
  const held: Socket[] = [];
  let silent: Server;
  let waiting: Harness;

  beforeAll(async () => {
    silent = createServer((socket) => held.push(socket));
    await new Promise<void>((resolve) => silent.listen(0, '127.0.0.1', resolve));
    const { port } = silent.address() as { port: number };
    const apiUrl = `http://127.0.0.1:${port}`;
    waiting = await startHarness({
      stripe: () => createStripeClient({ stripeSecretKey: secretKey, stripeApiUrl: apiUrl }),
      stripeLimits: { callMs: 200, totalMs: 300 },
    });
  });
  afterAll(async () => {
    await waiting.close();
    for (const socket of held) socket.destroy();
    await new Promise((resolve) => silent.close(resolve));
  });

  it('is 503 after the limit of a call', async () => {
    const { orderNumber } = waiting.orders.place();
    const startedAt = performance.now();

    const reply = await waiting.post('/create-payment', customer, { orderNumber });

    expect([reply.status, reply.body['code']]).toEqual([503, 'stripe-unavailable']);
    expect(performance.now() - startedAt).toBeLessThan(2_000);
  });
});
