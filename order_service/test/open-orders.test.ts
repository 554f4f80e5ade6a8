import { type Harness, startHarness, token } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({
    settings: {
      MAX_OPEN_ORDERS: '3',
      MAX_HELD_PIECES: '20',
      MAX_OPEN_ORDERS_PER_GUEST_ADDRESS: '4',
      MAX_HELD_PIECES_PER_GUEST_ADDRESS: '30',
      TRUST_PROXY: '1',
    },
  });
});
afterAll(() => shop.stop());

const full = { status: 409, body: expect.objectContaining({ code: 'too-many-open-orders' }) };

/** A customer, or a guest with the address from which they ask. */
function buyer(address?: string) {
  const id = shop.newCustomer();
  const agent = address
    ? shop.agent(token(id, { role: 'guest', email: null })).set('x-forwarded-for', address)
    : shop.as(id);
  const fill = async (qty: number) => {
    await agent.post('/cart').send({ productId: shop.catalog.sell(), qty }).expect(201);
  };
  const place = () => agent.post('/orders');
  const order = async (qty: number) => {
    await fill(qty);
    return place();
  };
  return { id, agent, fill, place, order };
}

it('a customer has no more unpaid orders than may be, and room again with the first that is paid or cancelled', async () => {
  const customer = buyer();
  const placed: string[] = [];
  for (let n = 0; n < 3; n++) placed.push((await customer.order(1)).body.orderNumber);

  expect(await customer.order(1)).toMatchObject(full);
  const cart = await customer.agent.get('/cart').expect(200);
  expect(cart.body.lines).toHaveLength(1);

  const [paid = '', cancelled = ''] = placed;
  await shop.reserved(paid);
  expect(await customer.place()).toMatchObject(full);
  await shop.payment(paid, `pi_${paid}`, 'succeeded');
  await customer.place().expect(201);
  expect(await customer.order(1)).toMatchObject(full);
  await customer.agent.post(`/orders/${cancelled}/cancel`).expect(200);
  await customer.place().expect(201);
});

it('nor more pieces, in one order or several, and others are not concerned', async () => {
  const customer = buyer();
  expect(await customer.order(21)).toMatchObject(full);
  await customer.agent.delete(`/cart/${(await customer.agent.get('/cart')).body.lines[0].id}`).expect(204);
  expect((await customer.order(15)).status).toBe(201);
  expect(await customer.order(6)).toMatchObject(full);
  await customer.agent
    .patch(`/cart/${(await customer.agent.get('/cart')).body.lines[0].id}`)
    .send({ qty: 5 })
    .expect(200);
  await customer.place().expect(201);

  expect((await buyer().order(20)).status).toBe(201);
});

it('a limit of 0 is none', async () => {
  const none = { MAX_OPEN_ORDERS: '0', MAX_HELD_PIECES: '0' };
  const second = await shop.startInstance(none);
  const customer = buyer();
  await customer.fill(21);
  await shop.as(customer.id, second.url).post('/orders').expect(201);
  await second.stop();
});

it('nor by orders at the same moment, at two instances', async () => {
  const customer = buyer();
  const second = await shop.startInstance();
  const other = shop.as(customer.id, second.url);
  const attempt = async (agent: typeof other) => {
    // What is in the cart by then is ordered by one of them.
    await agent.post('/cart').send({ productId: shop.catalog.sell(), qty: 5 });
    return (await agent.post('/orders')).status;
  };
  const statuses = await Promise.all(
    Array.from({ length: 20 }, (_, n) => attempt(n % 2 === 0 ? customer.agent : other)),
  );

  const [held] = await shop.database.sql<{ orders: number; pieces: number }>(
    `SELECT count(DISTINCT orders.id)::int AS orders, coalesce(sum(qty), 0)::int AS pieces
     FROM orders JOIN order_items ON order_id = orders.id WHERE customer_id = $1 AND status = 'pending'`,
    [customer.id],
  );
  expect(held?.orders).toBe(statuses.filter((status) => status === 201).length);
  expect(held?.orders).toBeLessThanOrEqual(3);
  expect(held?.pieces).toBeLessThanOrEqual(20);
  await second.stop();
});

it('nor do guests of one address, however many they are, and the address is forgotten with the hold', async () => {
  const guests = Array.from({ length: 12 }, () => buyer('192.0.2.7'));
  await Promise.all(guests.map((guest) => guest.fill(7)));

  const replies = await Promise.all(guests.map(async (guest) => ({ guest, reply: await guest.place() })));

  const placed = replies.filter(({ reply }) => reply.status === 201);
  expect(placed).toHaveLength(4);
  for (const { reply } of replies) if (reply.status !== 201) expect(reply).toMatchObject(full);
  expect((await buyer('192.0.2.8').order(7)).status).toBe(201);
  for (const { guest, reply } of placed)
    await guest.agent.post(`/orders/${reply.body.orderNumber}/cancel`).expect(200);
  expect(await shop.database.sql('SELECT guest_address FROM orders WHERE guest_address IS NOT NULL')).toEqual(
    [{ guest_address: '192.0.2.8' }],
  );
});

it('a repeat with the key of an order that was placed gets its reply, though nothing more may be held', async () => {
  const customer = buyer();
  await customer.fill(20);
  const { body } = await customer.place().set('idempotency-key', 'twenty').expect(201);
  const repeated = await customer.place().set('idempotency-key', 'twenty').expect(201);
  expect(repeated.body).toEqual(body);
});
