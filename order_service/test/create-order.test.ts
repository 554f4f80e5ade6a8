import { waitFor } from '@shop/testing';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const place = (customer: number, body?: object) => shop.as(customer).post('/orders').send(body);
const ordersOf = async (customer: number) => (await shop.as(customer).get('/orders').expect(200)).body;
const cartOf = async (customer: number) => (await shop.as(customer).get('/cart').expect(200)).body;

it('makes an order of the cart, empties the cart and asks catalog for the stock', async () => {
  const customer = shop.newCustomer();
  const imageUrl = 'https://shop.test/lamp.webp';
  const lamp = shop.catalog.sell({ name: 'Lamp', price: 4550, currency: 'usd', imageUrl });
  const chair = shop.catalog.sell({ name: 'Chair', price: 9900, currency: 'usd' });
  await shop.fillCart(customer, [lamp, 2], [chair, 1]);

  const { status, headers, body } = await shop
    .as(customer)
    .post('/orders')
    .set('traceparent', '00-4bf92f3577b34da6a3ce929d0e0e4736-00f067aa0ba902b7-01');

  const { orderNumber, order } = body;
  const items = [
    { productId: lamp, itemName: 'Lamp', qty: 2, price: 4550, imageUrl },
    { productId: chair, itemName: 'Chair', qty: 1, price: 9900, imageUrl: null },
  ];
  expect({ status, location: headers['location'], body }).toEqual({
    status: 201,
    location: `/orders/${orderNumber}`,
    body: {
      message: 'Order created',
      orderNumber: expect.stringMatching(/^[0-9A-F]{20}$/),
      order: {
        orderNumber,
        customerId: customer,
        status: 'pending',
        reason: null,
        fulfilment: 'none',
        amount: 19000,
        currency: 'usd',
        paymentId: null,
        items,
        shipments: [],
        adjustments: [],
        createdAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
        updatedAt: expect.stringMatching(/^\d{4}-\d\d-\d\dT[\d:.]+Z$/),
      },
    },
  });
  expect(
    (
      await shop
        .as(customer)
        .get(headers['location'] as string)
        .expect(200)
    ).body,
  ).toEqual({
    ...order,
    refunds: [],
    refundedAmount: 0,
    history: [{ id: expect.any(Number), status: 'pending', cause: 'created', at: expect.any(String) }],
  });
  expect(await cartOf(customer)).toMatchObject({ lines: [] });
  await shop.settled();
  expect(shop.heard.filter(({ key }) => key === orderNumber)).toEqual([
    {
      id: expect.any(String),
      type: 'CREATE_ORDER',
      source: 'order_service',
      time: expect.any(String),
      key: orderNumber,
      traceparent: expect.stringMatching(/^00-4bf92f3577b34da6a3ce929d0e0e4736-/),
      data: {
        orderNumber,
        customerId: customer,
        amount: 19000,
        currency: 'usd',
        status: 'pending',
        txnId: null,
        orderItems: items.map(({ imageUrl: _, ...item }) => item),
      },
    },
  ]);
});

describe('refuses, and leaves the cart as it was,', () => {
  const lineItemId = expect.any(Number);
  const sell: Harness['catalog']['sell'] = (product) => shop.catalog.sell(product);

  async function refusal(
    prepare: (customer: number) => Promise<{ agreed?: object; details: object }>,
    code: string,
  ): Promise<void> {
    const customer = shop.newCustomer();
    const { agreed, details } = await prepare(customer);
    const before = await cartOf(customer);

    const { status, body } = await place(customer, agreed);

    expect({ status, body }).toEqual({
      status: 409,
      body: {
        type: `urn:shop:problem:${code}`,
        title: expect.any(String),
        status: 409,
        detail: expect.any(String),
        instance: '/orders',
        code,
        requestId: expect.any(String),
        ...details,
      },
    });
    expect(await cartOf(customer)).toEqual(before);
    expect(await ordersOf(customer)).toMatchObject({ total: 0 });
  }

  it('an empty cart', () => refusal(async () => ({ details: {} }), 'cart-empty'));

  it('a product that is no longer for sale', () =>
    refusal(async (customer) => {
      const [gone, there] = [sell({ name: 'Gone' }), sell()];
      await shop.fillCart(customer, [gone, 1], [there, 1]);
      shop.catalog.discontinue(gone);
      return { details: { products: [{ lineItemId, productId: gone, name: 'Gone' }] } };
    }, 'product-unavailable'));

  it('more than there is, naming every shortage', () =>
    refusal(async (customer) => {
      const [few, none, plenty] = [sell(), sell(), sell()];
      await shop.fillCart(customer, [few, 3], [none, 2], [plenty, 1]);
      sell({ id: few, stock: 2 });
      sell({ id: none, stock: 0 });
      const shortages = [
        { lineItemId, productId: few, name: `Product ${few}`, requested: 3, available: 2 },
        { lineItemId, productId: none, name: `Product ${none}`, requested: 2, available: 0 },
      ];
      return { details: { shortages } };
    }, 'insufficient-stock'));

  it('two currencies', () =>
    refusal(async (customer) => {
      await shop.fillCart(customer, [sell({ currency: 'eur' }), 1], [sell({ currency: 'usd' }), 1]);
      return { details: { currencies: ['eur', 'usd'] } };
    }, 'mixed-currencies'));

  it.each([
    [49, 1, 'usd', { min: 50, max: 99_999_999 }],
    [50_000_000, 2, 'usd', { min: 50, max: 99_999_999 }],
    [49, 1, 'jpy', { min: 50, max: 9_999_999_999 }],
    [29, 1, 'gbp', { min: 30, max: 99_999_999 }],
    [17_499, 1, 'huf', { min: 17_500, max: 9_999_999_999 }],
    [490, 1, 'kwd', { min: 500, max: 99_999_990 }],
    [999_999_999_999, 10_000, 'idr', { min: 50, max: 999_999_999_999 }],
  ])('an order of %i × %i %s, which Stripe would not take', (price, qty, currency, limits) =>
    refusal(async (customer) => {
      await shop.fillCart(customer, [sell({ price, currency, stock: 10_000 }), qty]);
      return { details: { amount: price * qty, currency, ...limits } };
    }, 'amount-out-of-range'),
  );

  it.each([{ currency: 'zzz' }, { price: 5_124, currency: 'kwd' }, { price: 550, currency: 'isk' }])(
    'a product at %j, as if it were not for sale',
    (older) =>
      refusal(async (customer) => {
        const id = sell({ name: 'Older' });
        await shop.fillCart(customer, [id, 1]);
        sell({ id, ...older });
        expect(await cartOf(customer)).toMatchObject({ lines: [{ availability: 'unavailable' }] });
        return { details: { products: [{ lineItemId, productId: id, name: 'Older' }] } };
      }, 'product-unavailable'),
  );

  it('prices that moved since they were shown', () =>
    refusal(async (customer) => {
      const [moved, same] = [sell({ price: 1000 }), sell({ price: 500 })];
      await shop.fillCart(customer, [moved, 2], [same, 1]);
      sell({ id: moved, price: 1100 });
      return {
        details: {
          amount: 2700,
          currency: 'eur',
          changes: [
            {
              lineItemId,
              productId: moved,
              name: `Product ${moved}`,
              from: 1000,
              fromCurrency: 'eur',
              to: 1100,
            },
          ],
        },
      };
    }, 'price-changed'));

  it('an amount that was agreed to and is not today’s', () =>
    refusal(async (customer) => {
      await shop.fillCart(customer, [sell({ price: 1000 }), 2]);
      return { agreed: { amount: 1999 }, details: { amount: 2000, currency: 'eur', changes: [] } };
    }, 'price-changed'));

  it('the amount that was agreed to, but in another currency', () =>
    refusal(async (customer) => {
      await shop.fillCart(customer, [sell({ price: 1000 }), 2]);
      return {
        agreed: { amount: 2000, currency: 'usd' },
        details: { amount: 2000, currency: 'eur', changes: [] },
      };
    }, 'price-changed'));
});

it('says nothing to anybody of an order that it refused', async () => {
  const heardBefore = shop.heard.length;
  await place(shop.newCustomer()).expect(409);
  await shop.settled();
  expect(shop.heard).toHaveLength(heardBefore);
});

it('accepts moved prices once the customer agrees to the new amount', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell({ price: 1000 });
  await shop.fillCart(customer, [lamp, 2]);
  shop.catalog.sell({ id: lamp, price: 1500 });
  const { body: problem } = await place(customer).expect(409);

  const { body } = await place(customer, { amount: problem.amount, currency: problem.currency }).expect(201);

  expect(body.order).toMatchObject({ amount: 3000, currency: 'eur', items: [{ price: 1500, qty: 2 }] });
});

it.each([
  [50, 'eur'],
  [99_999_999, 'eur'],
  [50, 'jpy'],
  [30, 'gbp'],
  [500, 'kwd'],
  [20_000, 'isk'],
  [999_999_999_999, 'idr'],
])('costs up to the very limits: %i %s', async (price, currency) => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell({ price, currency }), 1]);
  const { orderNumber } = (await place(customer).expect(201)).body;
  const { amount, items } = await shop.look(orderNumber);
  expect([amount, items[0].price]).toEqual([price, price]);
  expect((await ordersOf(customer)).items).toMatchObject([{ amount: price, currency }]);
  await shop.settled();
  expect(shop.heard.find(({ key }) => key === orderNumber)).toMatchObject({ data: { amount: price } });
});

it('makes one order of one cart, however many requests come at once without a key', async () => {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);

  const replies = await Promise.all(Array.from({ length: 20 }, () => place(customer)));

  const outcomes = replies.map(({ status, body }) => (status === 201 ? 'created' : `${status} ${body.code}`));
  expect(outcomes.filter((outcome) => outcome === 'created')).toHaveLength(1);
  const refusals = new Set(outcomes.filter((outcome) => outcome !== 'created'));
  expect([...refusals].filter((code) => !['409 cart-changed', '409 cart-empty'].includes(code))).toEqual([]);
  const { total, items } = await ordersOf(customer);
  expect(total).toBe(1);
  await shop.settled();
  expect(shop.heard.filter(({ key }) => key === items[0].orderNumber)).toHaveLength(1);
});

it('refuses a cart that changes while catalog is being asked', async () => {
  const customer = shop.newCustomer();
  const [lamp, chair] = [shop.catalog.sell(), shop.catalog.sell()];
  await shop.fillCart(customer, [lamp, 1], [chair, 1]);
  const [line] = (await cartOf(customer)).lines;
  shop.catalog.asked.length = 0;
  const letGo = shop.catalog.hold();
  const ordering = place(customer).then((reply) => reply);
  await waitFor(() => shop.catalog.asked.length > 0);
  await shop.as(customer).delete(`/cart/${line.id}`).expect(204);
  letGo();

  const { status, body } = await ordering;

  expect([status, body.code]).toEqual([409, 'cart-changed']);
  expect((await cartOf(customer)).lines).toMatchObject([{ productId: chair }]);
  expect((await place(customer).expect(201)).body.order.items).toMatchObject([{ productId: chair }]);
});

describe('the event', () => {
  let quiet: Harness;
  beforeAll(async () => {
    quiet = await startHarness({ listening: false });
  });
  afterAll(() => quiet.stop());

  it('is written in the transaction that writes the order', async () => {
    const customer = quiet.newCustomer();
    const orderNumber = await quiet.order(customer);
    const events = () =>
      quiet.database.sql(
        `SELECT outbox.type, outbox.sent_at, outbox.xmin::text = orders.xmin::text AS together
         FROM orders JOIN outbox ON outbox.key = orders.order_number WHERE order_number = $1 ORDER BY outbox.id`,
        [orderNumber],
      );

    expect(await events()).toEqual([{ type: 'CREATE_ORDER', sent_at: null, together: true }]);

    await quiet.as(customer).post(`/orders/${orderNumber}/cancel`).expect(200);
    expect((await events()).at(-1)).toEqual({ type: 'CANCEL_ORDER', sent_at: null, together: true });
  });

  it('and the order are both there, or neither', async () => {
    const customer = shop.newCustomer();
    await shop.fillCart(customer, [shop.catalog.sell(), 1]);
    const before = await cartOf(customer);
    const place = () => shop.as(customer).post('/orders').set('idempotency-key', 'both-or-neither');
    await shop.database.sql(
      `ALTER TABLE outbox ADD CONSTRAINT refused CHECK (type <> 'CREATE_ORDER') NOT VALID`,
    );

    const { status, body } = await place();
    await shop.database.sql('ALTER TABLE outbox DROP CONSTRAINT refused');

    expect([status, body.code]).toEqual([500, 'internal-error']);
    expect(JSON.stringify(body)).not.toMatch(/outbox|constraint|insert/i);
    expect(await ordersOf(customer)).toMatchObject({ total: 0 });
    expect(await cartOf(customer)).toEqual(before);
    await place().expect(201);
    expect(await ordersOf(customer)).toMatchObject({ total: 1 });
  });
});
