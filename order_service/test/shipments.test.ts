import { randomUUID } from 'node:crypto';
import { withClient } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { Response, Test } from 'supertest';
import { readEvents } from './support/event-reader.ts';
import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { STREAM_POLL_MS: '40' } });
});
afterAll(() => shop.stop());

const dhl = { carrier: 'DHL', tracking: '00340434161094042557' };

/** A paid order of 3 pieces of one product and 1 of another. */
async function paidOrder(customer = shop.newCustomer()) {
  const [many, one] = [shop.catalog.sell(), shop.catalog.sell()];
  await shop.fillCart(customer, [many, 3], [one, 1]);
  const { body } = await shop.as(customer).post('/orders').expect(201);
  const orderNumber = String(body.orderNumber);
  await shop.reserved(orderNumber);
  const { amount, currency } = body.order;
  await shop.payment(orderNumber, `pi_${orderNumber}`, 'succeeded', { amount, currency });
  return { customer, orderNumber, many, one, amount, currency };
}

const ship = (orderNumber: string, body: object = dhl) =>
  shop.admin.post(`/orders/${orderNumber}/shipments`).send(body);
const patch = (orderNumber: string, id: number, body: object) =>
  shop.admin.patch(`/orders/${orderNumber}/shipments/${id}`).send(body);

/** Sends requests that meet at the locked order, in this order, before the first of them can do anything. */
async function meeting(orderNumber: string, requests: readonly (() => Test)[]): Promise<Response[]> {
  return withClient({ connectionString: shop.database.url }, async (other) => {
    await other.query('BEGIN');
    await other.query('SELECT FROM orders WHERE order_number = $1 FOR UPDATE', [orderNumber]);
    const replies: Promise<Response>[] = [];
    for (const request of requests) {
      replies.push(request().then((reply) => reply));
      await waitFor(async () => {
        const { rowCount } = await other.query('SELECT DISTINCT pid FROM pg_locks WHERE NOT granted');
        return rowCount === replies.length;
      });
    }
    await other.query('COMMIT');
    return Promise.all(replies);
  });
}

const causes = async (orderNumber: string) =>
  (await shop.look(orderNumber)).history.map(({ cause }: { cause: string }) => cause);

const said = async (orderNumber: string) => {
  await shop.settled();
  return shop.database.sql(
    `SELECT type, payload FROM outbox WHERE key = $1 AND topic = 'OrderEvents' ORDER BY id`,
    [orderNumber],
  );
};

it('an order goes in parts: what is left, then all of it, then it arrives', async () => {
  const { customer, orderNumber, many, one } = await paidOrder();
  expect(await shop.look(orderNumber)).toMatchObject({ fulfilment: 'none', shipments: [] });

  const first = await ship(orderNumber, { ...dhl, lines: [{ productId: many, qty: 2 }] }).expect(201);
  expect(first.body).toMatchObject({
    fulfilment: 'partial',
    shipment: { status: 'shipped', ...dhl, lines: [{ productId: many, qty: 2 }], deliveredAt: null },
  });
  const rest = await ship(orderNumber, { carrier: 'UPS', tracking: '1Z' }).expect(201);
  expect(rest.body).toMatchObject({
    fulfilment: 'shipped',
    shipment: {
      lines: [
        { productId: many, qty: 1 },
        { productId: one, qty: 1 },
      ],
    },
  });
  await patch(orderNumber, first.body.shipment.id, { status: 'delivered' }).expect(200);
  expect(await shop.look(orderNumber)).toMatchObject({ fulfilment: 'shipped' });
  const last = await patch(orderNumber, rest.body.shipment.id, { status: 'delivered' }).expect(200);
  expect(last.body).toMatchObject({ fulfilment: 'delivered', shipment: { status: 'delivered' } });

  const seen = await shop.as(customer).get(`/orders/${orderNumber}`).expect(200);
  expect(seen.body).toMatchObject({ status: 'completed', fulfilment: 'delivered' });
  expect(seen.body.shipments).toEqual([
    { ...first.body.shipment, status: 'delivered', deliveredAt: expect.any(String) },
    last.body.shipment,
  ]);
  expect(seen.body.history.slice(-4)).toMatchObject([
    { status: 'completed', cause: 'shipped', details: { shipment: { id: first.body.shipment.id, ...dhl } } },
    { status: 'completed', cause: 'shipped' },
    { status: 'completed', cause: 'delivered', details: { shipment: { id: first.body.shipment.id } } },
    { status: 'completed', cause: 'delivered' },
  ]);
});

it('is told to anyone who listens, and order_service itself handles that quietly', async () => {
  const { orderNumber, many, one } = await paidOrder();
  const { body } = await ship(orderNumber).expect(201);
  const { id: shipmentId } = body.shipment;
  await patch(orderNumber, shipmentId, { status: 'delivered' }).expect(200);

  expect(await said(orderNumber)).toEqual([
    {
      type: 'SHIPMENT_CREATED',
      payload: {
        orderNumber,
        shipmentId,
        ...dhl,
        lines: [
          { productId: many, qty: 3 },
          { productId: one, qty: 1 },
        ],
      },
    },
    { type: 'SHIPMENT_DELIVERED', payload: { orderNumber, shipmentId } },
  ]);
  const handled = await shop.database.sql(
    `SELECT type FROM inbox JOIN outbox USING (event_id) WHERE consumer = 'order_service' AND key = $1
     ORDER BY outbox.id`,
    [orderNumber],
  );
  expect(handled).toEqual([{ type: 'SHIPMENT_CREATED' }, { type: 'SHIPMENT_DELIVERED' }]);
  expect(shop.deadLetters).toEqual([]);
  expect(await causes(orderNumber)).toHaveLength(5);
});

it('comes to the customer by the live stream', async () => {
  const { customer, orderNumber } = await paidOrder();
  const stream = await readEvents(`${shop.url}/orders/${orderNumber}/events`, {
    authorization: `Bearer ${token(customer)}`,
  });
  await stream.received(3);

  const { body } = await ship(orderNumber).expect(201);
  await patch(orderNumber, body.shipment.id, { status: 'delivered' }).expect(200);

  const news = (await stream.received(5)).slice(3).map(({ data }) => data);
  await stream.leave();
  expect(news).toMatchObject([{ cause: 'shipped' }, { cause: 'delivered' }]);
});

it('is never more than was ordered', async () => {
  const { orderNumber, many, one } = await paidOrder();
  await ship(orderNumber, { ...dhl, lines: [{ productId: many, qty: 1 }] }).expect(201);

  const tooMany = await ship(orderNumber, {
    ...dhl,
    lines: [
      { productId: many, qty: 2 },
      { productId: many, qty: 1 },
      { productId: one, qty: 1 },
      { productId: 9_999, qty: 1 },
    ],
  });
  expect(tooMany.status).toBe(409);
  expect(tooMany.body).toMatchObject({
    code: 'too-many-pieces',
    lines: [
      { productId: many, qty: 3, shippable: 2 },
      { productId: 9_999, qty: 1, shippable: 0 },
    ],
  });
  await ship(orderNumber).expect(201);
  expect((await ship(orderNumber)).body).toMatchObject({ status: 409, code: 'nothing-to-ship' });
  expect((await shop.look(orderNumber)).shipments).toHaveLength(2);
});

it('is never more than was ordered, however many ship at once', async () => {
  const { orderNumber, many } = await paidOrder();
  const one = () => ship(orderNumber, { ...dhl, lines: [{ productId: many, qty: 1 }] });

  const replies = await meeting(orderNumber, Array(5).fill(one));

  expect(replies.filter(({ status }) => status === 201)).toHaveLength(3);
  expect(replies.filter(({ body }) => body.code === 'too-many-pieces')).toHaveLength(2);
  expect(await shop.look(orderNumber)).toMatchObject({ fulfilment: 'partial' });
});

it('happens once for an Idempotency-Key', async () => {
  const { orderNumber, many } = await paidOrder();
  const other = await paidOrder();
  const key = randomUUID();
  const one = { ...dhl, lines: [{ productId: many, qty: 1 }] };
  const keyed = (number: string, body: object) => ship(number, body).set('idempotency-key', key);

  const first = await keyed(orderNumber, one).expect(201);
  const repeat = await keyed(orderNumber, one).expect(201);

  expect(repeat.body).toEqual(first.body);
  expect((await keyed(orderNumber, dhl)).body.code).toBe('idempotency-key-reused');
  expect((await keyed(other.orderNumber, one)).body.code).toBe('idempotency-key-reused');
  expect((await shop.look(orderNumber)).shipments).toHaveLength(1);
});

it('needs a completed order; a free one is', async () => {
  const customer = shop.newCustomer();
  const pending = await shop.order(customer);
  const processing = await shop.order(customer, 'processing');
  for (const orderNumber of [pending, processing])
    expect((await ship(orderNumber)).body).toMatchObject({ status: 409, code: 'order-not-completed' });
  await shop.as(customer).post(`/orders/${pending}/cancel`).expect(200);
  expect((await ship(pending)).body).toMatchObject({ code: 'order-cancelled', reason: 'by-customer' });

  await shop.fillCart(customer, [shop.catalog.sell({ price: 0 }), 1]);
  const { body } = await shop.as(customer).post('/orders').expect(201);
  await shop.reserved(body.orderNumber);
  expect((await ship(body.orderNumber).expect(201)).body).toMatchObject({ fulfilment: 'shipped' });
});

it('cannot be cancelled once something is shipped, by nobody', async () => {
  const { customer, orderNumber, one } = await paidOrder();
  await ship(orderNumber, { ...dhl, lines: [{ productId: one, qty: 1 }] }).expect(201);

  for (const caller of [shop.as(customer), shop.admin]) {
    const { body } = await caller.post(`/orders/${orderNumber}/cancel`);
    expect(body).toMatchObject({ status: 409, code: 'order-shipped' });
  }
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'completed', fulfilment: 'partial' });
  expect(await shop.commands(orderNumber)).toEqual([]);
});

it('is shipped or cancelled when both are asked for at once, whichever is first', async () => {
  for (const isShippedFirst of [true, false]) {
    const { customer, orderNumber } = await paidOrder();
    const both = [() => ship(orderNumber), () => shop.as(customer).post(`/orders/${orderNumber}/cancel`)];

    const [first, second] = await meeting(orderNumber, isShippedFirst ? both : both.reverse());

    expect(first?.status).toBe(isShippedFirst ? 201 : 200);
    expect(second?.body).toMatchObject({
      status: 409,
      code: isShippedFirst ? 'order-shipped' : 'order-cancelled',
    });
    const { status, shipments } = await shop.look(orderNumber);
    expect([status, shipments.length]).toEqual(isShippedFirst ? ['completed', 1] : ['cancelled', 0]);
  }
});

it('ends when all of its money is given back elsewhere, and nothing goes back to the shelf', async () => {
  const { orderNumber, amount, currency } = await paidOrder();
  await ship(orderNumber).expect(201);

  await shop.payment(orderNumber, `pi_${orderNumber}`, 'refunded', { amount, currency });

  const { status, fulfilment, history } = await shop.look(orderNumber);
  expect({ status, fulfilment }).toEqual({ status: 'cancelled', fulfilment: 'shipped' });
  expect(history.at(-1)).toMatchObject({ cause: 'payment-refunded', details: { reason: 'refunded' } });
  expect(await shop.commands(orderNumber)).toMatchObject([{ type: 'CANCEL_ORDER', data: { lines: [] } }]);
  const [{ id }] = (await shop.look(orderNumber)).shipments;
  expect((await patch(orderNumber, id, { status: 'delivered' }).expect(200)).body.fulfilment).toBe(
    'delivered',
  );
});

it('counts a refund against what was not sent yet', async () => {
  const { orderNumber, many, one } = await paidOrder();
  await ship(orderNumber, { ...dhl, lines: [{ productId: one, qty: 1 }] }).expect(201);
  const refund = (qty: number) => {
    const lines = [{ productId: many, qty, restock: true }];
    return shop.admin
      .post(`/orders/${orderNumber}/refunds`)
      .send({ reason: 'out of print', lines })
      .expect(202);
  };

  await refund(1);
  const tooMany = await ship(orderNumber, { ...dhl, lines: [{ productId: many, qty: 3 }] });
  expect(tooMany.body).toMatchObject({ status: 409, lines: [{ productId: many, qty: 3, shippable: 2 }] });
  await refund(2);

  expect((await shop.look(orderNumber)).fulfilment).toBe('shipped');
  expect((await ship(orderNumber)).body).toMatchObject({ status: 409, code: 'nothing-to-ship' });
});

it('is not sent while all of its money is on the way back', async () => {
  const { orderNumber } = await paidOrder();
  await shop.admin.post(`/orders/${orderNumber}/refunds`).send({ reason: 'lost' }).expect(202);

  expect((await ship(orderNumber)).body).toMatchObject({ status: 409, code: 'nothing-to-ship' });
});

it('is not sent any further when its money was given back', async () => {
  const { orderNumber, one, amount, currency } = await paidOrder();
  await ship(orderNumber, { ...dhl, lines: [{ productId: one, qty: 1 }] }).expect(201);
  await shop.payment(orderNumber, `pi_${orderNumber}`, 'refunded', { amount, currency });

  expect((await ship(orderNumber)).body).toMatchObject({ status: 409, code: 'order-cancelled' });
});

it('is the business of administrators alone', async () => {
  const { customer, orderNumber } = await paidOrder();
  const mine = `/orders/${orderNumber}/shipments`;
  for (const path of [mine, '/orders/NO-SUCH-ORDER/shipments'])
    expect((await shop.as(customer).post(path).send(dhl)).body).toMatchObject({ code: 'admin-only' });
  const { body } = await ship(orderNumber).expect(201);
  const change = await shop.as(customer).patch(`${mine}/${body.shipment.id}`).send({ status: 'delivered' });
  expect(change.body).toMatchObject({ status: 403, code: 'admin-only' });
});

it('can be corrected, and delivered twice is delivered once', async () => {
  const { orderNumber } = await paidOrder();
  const { id } = (await ship(orderNumber).expect(201)).body.shipment;

  const corrected = await patch(orderNumber, id, { tracking: 'JD0146' }).expect(200);
  expect(corrected.body.shipment).toMatchObject({ carrier: 'DHL', tracking: 'JD0146', status: 'shipped' });
  const delivered = await patch(orderNumber, id, { status: 'delivered' }).expect(200);
  const again = await patch(orderNumber, id, { status: 'delivered' }).expect(200);

  expect(again.body).toEqual(delivered.body);
  expect((await causes(orderNumber)).slice(-2)).toEqual(['shipped', 'delivered']);
  expect((await said(orderNumber)).map(({ type }) => type)).toEqual([
    'SHIPMENT_CREATED',
    'SHIPMENT_DELIVERED',
  ]);
});

it('refuses what is not there and what makes no sense', async () => {
  const { orderNumber, many } = await paidOrder();
  const other = await paidOrder();
  const { id } = (await ship(other.orderNumber).expect(201)).body.shipment;
  expect((await ship('NO-SUCH-ORDER')).body).toMatchObject({ status: 404, code: 'order-not-found' });
  for (const wrong of [id, 2_147_483_647])
    expect((await patch(orderNumber, wrong, { status: 'delivered' })).body).toMatchObject({
      status: 404,
      code: 'shipment-not-found',
    });
  const bodies = [
    {},
    { carrier: 'DHL' },
    { ...dhl, carrier: '  ' },
    { ...dhl, tracking: 'a\u0000b' },
    { ...dhl, lines: [] },
    { ...dhl, lines: [{ productId: many, qty: 0 }] },
    { ...dhl, lines: [{ productId: many }] },
    { ...dhl, more: true },
  ];
  for (const body of bodies) expect((await ship(orderNumber, body)).status).toBe(400);
  expect((await shop.admin.post(`/orders/${orderNumber}/shipments`)).status).toBe(400);
  for (const body of [{}, { status: 'shipped' }, { status: 'lost' }])
    expect((await patch(other.orderNumber, id, body)).status).toBe(400);
  expect((await patch(other.orderNumber, 0, { status: 'delivered' })).status).toBe(400);
});

it('is a filter of lists', async () => {
  const customer = shop.newCustomer();
  const [none, shipped] = [await paidOrder(customer), await paidOrder(customer)];
  await ship(shipped.orderNumber).expect(201);
  const list = async (fulfilment: string) => {
    const { body } = await shop.admin.get('/orders').query({ customerId: customer, fulfilment }).expect(200);
    return body.items.map(({ orderNumber }: { orderNumber: string }) => orderNumber);
  };

  expect(await list('none')).toEqual([none.orderNumber]);
  expect(await list('shipped')).toEqual([shipped.orderNumber]);
  expect(await list('partial')).toEqual([]);
  expect((await shop.admin.get('/orders?fulfilment=lost')).status).toBe(400);
});

it('is shown in lists', async () => {
  const { customer, orderNumber } = await paidOrder();
  await ship(orderNumber).expect(201);

  const { body } = await shop.as(customer).get('/orders').expect(200);

  expect(body.items).toMatchObject([{ orderNumber, fulfilment: 'shipped' }]);
});

it('keeps an instance of the release before from cancelling what was shipped', async () => {
  const { orderNumber } = await paidOrder();
  await ship(orderNumber).expect(201);

  const cancel = shop.database.sql(
    `UPDATE orders SET status = 'cancelled', reason = 'by-customer' WHERE order_number = $1`,
    [orderNumber],
  );

  await expect(cancel).rejects.toThrow('orders_shipped_is_completed');
});
