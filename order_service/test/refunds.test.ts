import type { EventData } from '@shop/contracts';
import { createEvent } from '@shop/messaging';
import { waitFor } from '@shop/testing';
import request from 'supertest';
import { type Harness, startHarness } from './support/harness.ts';

type Reported = NonNullable<EventData<'CREATE_PAYMENT'>['refunds']>[number];

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { SWEEP_MS: '20' } });
});
afterAll(() => shop.stop());

const reason = 'it came back';
const ask = (orderNumber: string, body: object = {}, key?: string) => {
  const asked = shop.admin.post(`/orders/${orderNumber}/refunds`);
  if (key !== undefined) asked.set('idempotency-key', key);
  return asked.send({ reason, ...body });
};

/** A paid order of two lamps at 10.00 and a vase at 5.00. */
async function paidOrder() {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ price: 1_000 });
  const vase = shop.catalog.sell({ price: 500 });
  await shop.fillCart(customer, [lamp, 2], [vase, 1]);
  const { orderNumber } = (await shop.as(customer).post('/orders').expect(201)).body;
  await shop.reserved(orderNumber);
  const paymentId = `pi_${orderNumber}`;
  await shop.payment(orderNumber, paymentId, 'succeeded', { amount: 2_500 });
  return { customer, lamp, vase, orderNumber: String(orderNumber), paymentId };
}

/** What payment_service says of the payment of such an order. */
function newsOf(orderNumber: string, refunds: readonly Reported[], amount = 2_500) {
  const standing = refunds.filter(({ status }) => status !== 'failed');
  const given = standing.reduce((sum, refund) => sum + refund.amount, 0);
  return createEvent({
    source: 'payment_service',
    type: 'CREATE_PAYMENT',
    id: `pi_${orderNumber}:${JSON.stringify(refunds)}`,
    key: orderNumber,
    data: {
      orderNumber,
      paymentId: `pi_${orderNumber}`,
      status: given === amount ? 'refunded' : 'succeeded',
      amount,
      currency: 'eur',
      paymentLog: '{}',
      refunds: [...refunds],
    },
  });
}

const say = (...news: Parameters<typeof newsOf>) => shop.say(newsOf(...news));
const commands = async (orderNumber: string, type: string) =>
  (await shop.commands(orderNumber)).filter((command) => command.type === type).map(({ data }) => data);
const causes = async (orderNumber: string) =>
  (await shop.look(orderNumber)).history.map(({ cause }: { cause: string }) => cause);

/** Asks for a refund, and has Stripe make it. */
async function refunded(orderNumber: string, body: object, before: readonly Reported[] = []) {
  const { refund } = (await ask(orderNumber, body).expect(202)).body;
  const made = { id: `re_${refund.id}`, refundId: refund.id, amount: refund.amount, status: 'succeeded' };
  const all = [...before, made as Reported];
  await say(orderNumber, all);
  return all;
}

it('gives back what a line cost, and puts it on the shelf once it is given back', async () => {
  const { customer, orderNumber, lamp, paymentId } = await paidOrder();

  const { body } = await ask(orderNumber, { lines: [{ productId: lamp, qty: 1, restock: true }] }).expect(
    202,
  );

  const refund = { amount: 1_000, status: 'pending', paymentId, reason, failure: null };
  const lines = [{ productId: lamp, qty: 1, restock: true }];
  expect(body.refund).toMatchObject({ ...refund, lines });
  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toEqual([
    { orderNumber, paymentId, reason, refundId: body.refund.id, amount: 1_000 },
  ]);
  expect(await commands(orderNumber, 'RETURN_STOCK')).toEqual([]);

  await say(orderNumber, [
    { id: `re_${orderNumber}`, refundId: body.refund.id, amount: 1_000, status: 'succeeded' },
  ]);

  const order = await shop.look(orderNumber);
  expect(order).toMatchObject({ status: 'completed', refundedAmount: 1_000 });
  expect(order.refunds).toMatchObject([{ ...refund, id: body.refund.id, status: 'succeeded', lines }]);
  expect((await shop.as(customer).get(`/orders/${orderNumber}`)).body.refunds).toEqual(order.refunds);
  expect(order.history.at(-1)).toMatchObject({
    cause: 'refund-succeeded',
    details: { refundId: body.refund.id, amount: 1_000, currency: 'eur', paymentId },
  });
  expect(await commands(orderNumber, 'RETURN_STOCK')).toEqual([
    { orderNumber, refundId: body.refund.id, lines: [{ productId: lamp, qty: 1 }] },
  ]);
});

it('gives back an amount, in parts, until nothing remains: then the order is cancelled', async () => {
  const { orderNumber, lamp, vase } = await paidOrder();
  let made = await refunded(orderNumber, { amount: 700 });
  made = await refunded(orderNumber, { lines: [{ productId: lamp, qty: 1 }], amount: 800 }, made);
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed', refundedAmount: 1_500 });

  made = await refunded(orderNumber, {}, made);

  expect(made.at(-1)).toMatchObject({ amount: 1_000 });
  expect(await shop.look(orderNumber)).toMatchObject({
    status: 'cancelled',
    reason: 'payment-cancelled',
    refundedAmount: 2_500,
  });
  // Of the lamp that came back and cannot be sold the refund has decided.
  expect(await commands(orderNumber, 'CANCEL_ORDER')).toEqual([
    {
      orderNumber,
      reason: 'payment-cancelled',
      lines: [
        { productId: lamp, qty: 1 },
        { productId: vase, qty: 1 },
      ],
    },
  ]);
  expect(await commands(orderNumber, 'RETURN_STOCK')).toEqual([]);
  const { status, body } = await ask(orderNumber);
  expect([status, body.code, body.reason]).toEqual([409, 'order-cancelled', 'payment-cancelled']);
});

it('gives back no more than was paid, and takes back no more than was sold', async () => {
  const { orderNumber, lamp, vase } = await paidOrder();
  await ask(orderNumber, { lines: [{ productId: vase, qty: 1 }] }).expect(202);

  const refusals = [
    await ask(orderNumber, { amount: 2_001 }),
    await ask(orderNumber, { lines: [{ productId: vase, qty: 1 }] }),
    await ask(orderNumber, { lines: [{ productId: lamp, qty: 3 }] }),
    await ask(orderNumber, {
      lines: [
        { productId: lamp, qty: 2 },
        { productId: lamp, qty: 1, restock: true },
      ],
    }),
    await ask(orderNumber, { lines: [{ productId: 999_999, qty: 1 }], amount: 1 }),
  ];

  expect(refusals.map(({ status, body }) => [status, body.code])).toEqual(
    Array(5).fill([409, 'refund-too-large']),
  );
  expect(refusals[0]?.body).toMatchObject({ remaining: 2_000 });
  expect(refusals[2]?.body).toMatchObject({ productId: lamp, available: 2 });
  expect((await shop.look(orderNumber)).refunds).toHaveLength(1);
});

it.each([
  ['no reason', { reason: undefined }],
  ['an amount of nothing', { amount: 0 }],
  ['half a cent', { amount: 0.5 }],
  ['no lines', { lines: [] }],
  ['a negative line', { lines: [{ productId: 1, qty: -1 }] }],
  ['something else', { everything: true }],
])('refuses %s', async (_what, body) => {
  const { status } = await ask('3F9A1C7700B2D4E65A81', body);

  expect(status).toBe(400);
});

it('is for administrators, and for orders that are paid', async () => {
  const { customer, orderNumber } = await paidOrder();
  const unpaid = await shop.order(customer, 'processing');
  const pending = await shop.order(customer);
  const free = await shop
    .as(customer)
    .post('/cart')
    .send({ productId: shop.catalog.sell({ price: 0 }), qty: 1 });
  expect(free.status).toBe(201);
  const gratis = (await shop.as(customer).post('/orders').expect(201)).body.orderNumber;
  await shop.reserved(gratis);

  const replies = [
    await shop.as(customer).post(`/orders/${orderNumber}/refunds`).send({ reason }),
    await request(shop.url).post(`/orders/${orderNumber}/refunds`).send({ reason }),
    await ask('ZZZZZZZZZZ'),
    await ask(unpaid),
    await ask(pending),
    await ask(gratis),
  ];

  expect(replies.map(({ status, body }) => `${status} ${body.code}`)).toEqual([
    '403 admin-only',
    '401 token-missing',
    '404 order-not-found',
    '409 order-not-paid',
    '409 order-not-paid',
    '409 nothing-to-refund',
  ]);
});

it('gives the whole back once when ten ask at the same moment', async () => {
  const { orderNumber } = await paidOrder();

  const replies = await Promise.all(Array.from({ length: 10 }, () => ask(orderNumber)));

  expect(replies.map(({ status }) => status).sort()).toEqual([202, ...Array(9).fill(409)]);
  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toMatchObject([{ amount: 2_500 }]);
});

it('gives back once what ten ask for with the same key, and says the same to a repeat', async () => {
  const { orderNumber } = await paidOrder();

  const replies = await Promise.all(
    Array.from({ length: 10 }, () => ask(orderNumber, { amount: 100 }, 'once')),
  );

  const codes = new Set(replies.map(({ status, body }) => body.code ?? status));
  expect([...codes].filter((code) => code !== 'request-in-progress')).toEqual([202]);
  const repeat = await ask(orderNumber, { amount: 100 }, 'once').expect(202);
  expect(repeat.body).toEqual(replies.find(({ status }) => status === 202)?.body);
  expect((await ask(orderNumber, { amount: 101 }, 'once')).body.code).toBe('idempotency-key-reused');
  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toHaveLength(1);
});

it('a refund and a cancellation at once give back all of it, and no more', async () => {
  for (let round = 0; round < 5; round++) {
    const { customer, orderNumber } = await paidOrder();

    await Promise.all([
      ask(orderNumber, { amount: 900 }),
      shop.as(customer).post(`/orders/${orderNumber}/cancel`),
    ]);

    const given = (await commands(orderNumber, 'REFUND_PAYMENT')) as { amount: number }[];
    expect(given.reduce((sum, { amount }) => sum + amount, 0)).toBe(2_500);
    expect(await commands(orderNumber, 'CANCEL_ORDER')).toHaveLength(1);
  }
});

it('a cancellation gives back what remains, and releases what no refund has decided of', async () => {
  const { customer, orderNumber, lamp, vase } = await paidOrder();
  await refunded(orderNumber, { lines: [{ productId: lamp, qty: 2, restock: true }] });

  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toMatchObject([{ amount: 2_000 }, { amount: 500 }]);
  expect(await commands(orderNumber, 'CANCEL_ORDER')).toMatchObject([
    { lines: [{ productId: vase, qty: 1 }] },
  ]);
});

it('a cancellation that crosses a refund in the dashboard gives back what is left, when Stripe refuses the whole', async () => {
  const { customer, orderNumber } = await paidOrder();
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
  const [refund] = (await shop.look(orderNumber)).refunds;
  const news = newsOf(orderNumber, [
    { id: `re_${orderNumber}`, amount: 600, status: 'succeeded' },
    { refundId: refund.id, amount: 2_500, status: 'failed', failure: 'more than is left' },
  ]);

  await shop.say(news);
  await shop.say(news);

  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toMatchObject([{ amount: 2_500 }, { amount: 1_900 }]);
});

it('a refund that fails after the order was cancelled leaves its pieces to the shelf', async () => {
  const { customer, orderNumber, lamp, vase } = await paidOrder();
  const { refund } = (await ask(orderNumber, { lines: [{ productId: lamp, qty: 1 }] })).body;
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  const failed = { refundId: refund.id, amount: 1_000, status: 'failed', failure: 'expired card' } as const;
  await say(orderNumber, [failed]);

  expect(await commands(orderNumber, 'CANCEL_ORDER')).toMatchObject([
    {
      lines: [
        { productId: lamp, qty: 1 },
        { productId: vase, qty: 1 },
      ],
    },
  ]);
  expect(await commands(orderNumber, 'RETURN_STOCK')).toMatchObject([
    { lines: [{ productId: lamp, qty: 1 }] },
  ]);
  // The money can be asked for again, though not for pieces.
  expect((await ask(orderNumber, { lines: [{ productId: lamp, qty: 1 }] })).body.code).toBe(
    'order-cancelled',
  );
  expect((await ask(orderNumber).expect(202)).body.refund).toMatchObject({
    amount: 1_000,
    status: 'pending',
  });
  expect((await ask(orderNumber)).body.code).toBe('nothing-to-refund');
});

it('what has failed is shown, counted, and can be asked for again', async () => {
  const { orderNumber } = await paidOrder();
  const { refund } = (await ask(orderNumber).expect(202)).body;
  const failures = async () =>
    /order_refunds_total\{.*status="failed".*\} (\d+)/.exec(await shop.metrics())?.[1];
  const before = Number((await failures()) ?? 0);

  await say(orderNumber, [
    { id: `re_${orderNumber}`, refundId: refund.id, amount: 2_500, status: 'failed', failure: 'lost card' },
  ]);

  const order = await shop.look(orderNumber);
  expect(order).toMatchObject({ status: 'completed', refundedAmount: 0 });
  expect(order.refunds).toMatchObject([{ status: 'failed', failure: 'lost card' }]);
  expect(Number(await failures())).toBe(before + 1);
  expect(shop.logs.filter(({ level }) => level === 50).at(-1)?.msg).toContain('refund');
  expect((await ask(orderNumber).expect(202)).body.refund).toMatchObject({ amount: 2_500 });
});

it('stays completed while the refund of the whole is pending, and asks again for it', async () => {
  const { orderNumber, paymentId } = await paidOrder();
  const { refund } = (await ask(orderNumber).expect(202)).body;
  const made = { id: `re_${orderNumber}`, refundId: refund.id, amount: 2_500 };

  await say(orderNumber, [{ ...made, status: 'pending' }]);
  expect((await shop.look(orderNumber)).status).toBe('completed');
  await shop.database.sql('UPDATE orders SET due_at = now() WHERE order_number = $1', [orderNumber]);

  const again = { orderNumber, paymentId, reason, refundId: refund.id, amount: 2_500 };
  await waitFor(async () => (await commands(orderNumber, 'REFUND_PAYMENT')).length === 2);
  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toEqual([again, again]);
  await say(orderNumber, [{ ...made, status: 'succeeded' }]);
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'cancelled', refundedAmount: 2_500 });
});

describe('refunds that were made in the dashboard', () => {
  it('of a part are recorded once, whatever comes twice or late, and change no stock', async () => {
    const { orderNumber } = await paidOrder();
    const first = { id: `re_1${orderNumber}`, amount: 300 };
    const second = { id: `re_2${orderNumber}`, amount: 200, status: 'succeeded' } as const;
    const news = [
      newsOf(orderNumber, [{ ...first, status: 'succeeded' }, second]),
      newsOf(orderNumber, [{ ...first, status: 'pending' }]),
      newsOf(orderNumber, [{ ...first, status: 'succeeded' }]),
    ];

    for (const event of [...news, ...news]) await shop.say(event);

    const order = await shop.look(orderNumber);
    expect(order).toMatchObject({ status: 'completed', refundedAmount: 500 });
    expect(order.refunds).toMatchObject([
      { id: first.id, amount: 300, status: 'succeeded', lines: [] },
      { id: second.id, amount: 200, status: 'succeeded', lines: [] },
    ]);
    expect((await causes(orderNumber)).filter((cause: string) => cause === 'refund-succeeded')).toHaveLength(
      2,
    );
    expect(await shop.commands(orderNumber)).toEqual([]);
    expect((await ask(orderNumber, { amount: 2_001 })).body).toMatchObject({ remaining: 2_000 });
  });

  it('of the whole cancel the order, and all of it goes back on the shelf', async () => {
    const { orderNumber } = await paidOrder();

    await say(orderNumber, [{ id: `re_${orderNumber}`, amount: 2_500, status: 'succeeded' }]);

    const order = await shop.look(orderNumber);
    expect(order).toMatchObject({ status: 'cancelled', reason: 'payment-cancelled', refundedAmount: 2_500 });
    expect((await shop.commands(orderNumber)).map(({ type }) => type)).toEqual(['CANCEL_ORDER']);
  });

  it('that fail after they had succeeded are failed, and stay so', async () => {
    const { orderNumber } = await paidOrder();
    const made = { id: `re_${orderNumber}`, amount: 300 };
    const news = (['succeeded', 'failed', 'pending'] as const).map((status) =>
      newsOf(orderNumber, [{ ...made, status }]),
    );

    for (const event of [...news, ...news.reverse()]) await shop.say(event);

    expect(await shop.look(orderNumber)).toMatchObject({
      status: 'completed',
      refundedAmount: 0,
      refunds: [{ status: 'failed' }],
    });
  });
});

it('a cancelled order whose refund fails is left to an operator, not refunded a second time', async () => {
  const { customer, orderNumber } = await paidOrder();
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
  const [refund] = (await shop.look(orderNumber)).refunds;
  const made = { id: `re_${orderNumber}`, refundId: refund.id, amount: 2_500 };

  await say(orderNumber, [{ ...made, status: 'pending' }]);
  await say(orderNumber, [{ ...made, status: 'failed' }]);

  expect(await commands(orderNumber, 'REFUND_PAYMENT')).toHaveLength(1);
  expect(await shop.look(orderNumber)).toMatchObject({
    status: 'cancelled',
    refunds: [{ status: 'failed' }],
  });
});

it('understands a payment_service of the release before, which says only that the whole is refunded', async () => {
  const { customer, orderNumber, paymentId } = await paidOrder();
  await shop.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);

  await shop.payment(orderNumber, paymentId, 'refunded', { amount: 2_500 });

  expect(await shop.look(orderNumber)).toMatchObject({
    refundedAmount: 2_500,
    refunds: [{ status: 'succeeded' }],
  });
});

it('shows an order that the release before has cancelled and refunded', async () => {
  const { customer, orderNumber, paymentId } = await paidOrder();
  await shop.database.sql(
    `UPDATE orders SET status = 'cancelled', reason = 'by-customer', closed_payments = $2 WHERE order_number = $1`,
    [orderNumber, [paymentId]],
  );

  const { body } = await shop.as(customer).get(`/orders/${orderNumber}`).expect(200);

  expect(body).toMatchObject({ status: 'cancelled', refunds: [], refundedAmount: 0 });
  expect((await ask(orderNumber)).body.code).toBe('order-cancelled');
});
