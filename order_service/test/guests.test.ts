import { createPeerToken } from '@shop/service-kit';
import { type Harness, startHarness, token } from './support/harness.ts';

const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['DE'] };
const shippingAddress = { name: 'Ada Hidden', address: { line1: 'Hauptstraße 1', country: 'DE' } };

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { DELIVERY_METHODS: JSON.stringify([post]) } });
});
afterAll(() => shop.stop());

const forget = async (ids: readonly number[]) =>
  (await shop.userService.post('/guests/forget').send({ ids }).expect(200)).body.ids as number[];

async function aGuest() {
  const id = shop.newCustomer();
  const agent = shop.agent(token(id, { role: 'guest', email: null }));
  await agent.post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  return { id, agent };
}

const rowsOf = (id: number) =>
  shop.database.sql<{ carts: number; lines: number; keys: number; orders: number }>(
    `SELECT (SELECT count(*)::int FROM carts WHERE customer_id = $1) AS carts,
       (SELECT count(*)::int FROM cart_lines JOIN carts ON carts.id = cart_id WHERE customer_id = $1) AS lines,
       (SELECT count(*)::int FROM idempotency_keys WHERE customer_id = $1) AS keys,
       (SELECT count(*)::int FROM orders WHERE customer_id = $1) AS orders`,
    [id],
  );

it('of guests without orders nothing is left, and of those with orders everything', async () => {
  const idle = await aGuest();
  const checkout = { email: 'ada-hidden@shop.test', shippingAddress, deliveryMethod: 'post' };
  await idle.agent.put('/cart/checkout').send(checkout).expect(200);
  await shop.database.sql(
    `INSERT INTO idempotency_keys (customer_id, route, key, body_hash, reply) VALUES ($1, 'POST /orders', 'key', '', '{}')`,
    [idle.id],
  );
  const buyer = await aGuest();
  await buyer.agent.post('/orders').set('idempotency-key', 'bought').expect(201);
  await buyer.agent.post('/cart').send({ productId: shop.catalog.sell(), qty: 1 }).expect(201);
  const withoutCart = shop.newCustomer();
  const another = await aGuest();

  expect((await forget([idle.id, buyer.id, withoutCart, idle.id])).sort()).toEqual([idle.id, withoutCart]);

  expect(await rowsOf(idle.id)).toEqual([{ carts: 0, lines: 0, keys: 0, orders: 0 }]);
  expect(await rowsOf(buyer.id)).toEqual([{ carts: 1, lines: 1, keys: 1, orders: 1 }]);
  expect(await rowsOf(another.id)).toEqual([{ carts: 1, lines: 1, keys: 0, orders: 0 }]);
  expect((await forget([idle.id, buyer.id, withoutCart])).sort()).toEqual([idle.id, withoutCart]);
  expect(await forget([])).toEqual([]);
});

it('a guest who orders at the same moment is either forgotten or has an order', async () => {
  const guests = await Promise.all(Array.from({ length: 20 }, aGuest));
  const ids = guests.map(({ id }) => id);
  const [forgotten, replies] = await Promise.all([
    forget(ids.slice(0, 10)).then(async (first) => [...first, ...(await forget(ids.slice(10)))]),
    Promise.all(guests.map(({ agent }) => agent.post('/orders'))),
  ]);
  for (const [index, { status }] of replies.entries()) {
    const id = ids[index] as number;
    const [{ orders } = { orders: -1 }] = await rowsOf(id);
    expect([status, orders]).toEqual(forgotten.includes(id) ? [409, 0] : [201, 1]);
  }
});

it('only user_service may have them forgotten, and it may do nothing else', async () => {
  const guest = await aGuest();
  const forgetAs = (agent: ReturnType<typeof shop.agent>) =>
    agent
      .post('/guests/forget')
      .send({ ids: [guest.id] })
      .expect(401);
  for (const role of ['guest', 'customer', 'admin'] as const)
    await forgetAs(shop.agent(token(guest.id, { role })));
  await forgetAs(shop.agent(createPeerToken([shop.serviceSecret], 'payment_service', 'order_service')));
  await forgetAs(shop.agent(createPeerToken([shop.serviceSecret], 'user_service', 'payment_service')));
  expect(await rowsOf(guest.id)).toMatchObject([{ carts: 1 }]);
  for (const path of ['/cart', '/orders', '/orders?all=true']) {
    const { body } = await shop.userService.get(path).expect(401);
    expect(body.code).toBe('invalid-token');
  }
});

it.each([
  ['nothing', {}],
  ['no list', { ids: 7 }],
  ['texts', { ids: ['7'] }],
  ['ids that there cannot be', { ids: [0, 2_147_483_648, 1.5] }],
  ['too many', { ids: Array.from({ length: 1_001 }, (_, index) => index + 1) }],
  ['another member', { ids: [7], all: true }],
])('%s is refused', async (_name, body) => {
  const reply = await shop.userService.post('/guests/forget').send(body).expect(400);
  expect(reply.body.code).toBe('validation-failed');
});
