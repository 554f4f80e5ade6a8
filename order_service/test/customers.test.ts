import { createPeerToken } from '@shop/service-kit';
import { type Harness, startHarness, token } from './support/harness.ts';

const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['DE'] };
const shippingAddress = { name: 'Ada Hidden', address: { line1: 'Hidden Street 1', country: 'DE' } };
const checkout = { email: 'ada-hidden@shop.test', shippingAddress, deliveryMethod: 'post' };

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness({ settings: { DELIVERY_METHODS: JSON.stringify([post]) } });
});
afterAll(() => shop.stop());

const forget = async (...ids: readonly number[]) =>
  (await shop.userService.post('/customers/forget').send({ ids }).expect(200)).body.ids as number[];
const openOrders = async (id: number) =>
  (await shop.userService.get(`/customers/${id}/open-orders`).expect(200)).body.orderNumbers as string[];

/** A customer who has ordered something that goes to their address. */
async function aBuyer() {
  const id = shop.newCustomer();
  await shop.fillCart(id, [shop.catalog.sell(), 1]);
  await shop.as(id).put('/cart/checkout').send(checkout).expect(200);
  const { body } = await shop.as(id).post('/orders').set('idempotency-key', 'bought').expect(201);
  return { id, orderNumber: body.orderNumber as string };
}

async function pay(orderNumber: string) {
  await shop.reserved(orderNumber);
  await shop.payment(orderNumber, `pi_${orderNumber}`, 'succeeded', { amount: 1490 });
}

const ship = (orderNumber: string) =>
  shop.admin
    .post(`/orders/${orderNumber}/shipments`)
    .set('idempotency-key', `ship-${orderNumber}`)
    .send({ carrier: 'Post', tracking: 'X1' })
    .expect(201);

it('an order keeps what was bought, and forgets who bought it', async () => {
  const { id, orderNumber } = await aBuyer();
  const other = await aBuyer();
  await pay(orderNumber);
  await ship(orderNumber);
  await shop.fillCart(id, [shop.catalog.sell(), 1]);
  await shop.as(id).put('/cart/checkout').send(checkout).expect(200);
  const before = await shop.look(orderNumber);
  expect(before).toMatchObject({ contact: { email: checkout.email }, shippingAddress });

  expect(await forget(id, other.id, 2_000_000)).toEqual(expect.arrayContaining([id, 2_000_000]));

  const after = await shop.look(orderNumber);
  const { contact: _c, shippingAddress: _s, billingAddress: _b, deliveryMethod: _d, ...kept } = before;
  expect(after).toEqual(kept);
  for (const table of ['orders', 'carts', 'idempotency_keys']) {
    const rows = await shop.database.sql(`SELECT row_to_json(t) FROM ${table} AS t WHERE customer_id = $1`, [
      id,
    ]);
    expect(JSON.stringify(rows)).not.toMatch(/hidden/i);
  }
  expect(await shop.look(other.orderNumber)).toMatchObject({ contact: { email: checkout.email } });
  expect(await forget(id)).toEqual([id]);
});

it('an order is open until it is paid and shipped, or has ended otherwise', async () => {
  const { id, orderNumber } = await aBuyer();
  const isOpen = async () => [await openOrders(id), await forget(id)];
  expect(await isOpen()).toEqual([[orderNumber], []]);
  await pay(orderNumber);
  expect(await isOpen()).toEqual([[orderNumber], []]);
  expect(await shop.look(orderNumber)).toMatchObject({ contact: { email: checkout.email } });
  await ship(orderNumber);
  expect(await isOpen()).toEqual([[], [id]]);
});

it('an order that was cancelled, or has no address to go to, is not open once it is paid', async () => {
  const { id, orderNumber } = await aBuyer();
  await shop.as(id).post(`/orders/${orderNumber}/cancel`).expect(200);
  await shop.order(id, 'completed');
  expect(await openOrders(id)).toEqual([]);
  expect(await forget(id)).toEqual([id]);
});

it('a customer who orders at the same moment is either forgotten or has an open order', async () => {
  const ids = Array.from({ length: 10 }, shop.newCustomer);
  for (const id of ids) await shop.fillCart(id, [shop.catalog.sell(), 1]);
  const [forgotten, replies] = await Promise.all([
    forget(...ids),
    Promise.all(ids.map((id) => shop.as(id).post('/orders'))),
  ]);
  for (const [index, { status }] of replies.entries())
    expect([ids[index], status]).toEqual([ids[index], forgotten.includes(ids[index] as number) ? 409 : 201]);
});

it('only user_service may ask', async () => {
  const { id } = await aBuyer();
  const others = [
    shop.agent(token(id)),
    shop.admin,
    shop.agent(createPeerToken([shop.serviceSecret], 'payment_service', 'order_service')),
  ];
  for (const other of others) {
    await other
      .post('/customers/forget')
      .send({ ids: [id] })
      .expect(401);
    await other.get(`/customers/${id}/open-orders`).expect(401);
  }
});

it.each([
  ['nothing', {}],
  ['too many', { ids: Array.from({ length: 101 }, (_, index) => index + 1) }],
  ['no id', { ids: [0] }],
])('%s is refused', async (_name, body) => {
  const reply = await shop.userService.post('/customers/forget').send(body).expect(400);
  expect(reply.body.code).toBe('validation-failed');
});
