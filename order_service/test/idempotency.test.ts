import { waitFor } from '@shop/testing';
import pg from 'pg';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

const clients: pg.PoolClient[] = [];
const pools: pg.Pool[] = [];
function openPool(): pg.Pool {
  const pool = new pg.Pool({ connectionString: shop.database.url });
  pools.push(pool);
  return pool;
}
afterEach(async () => {
  for (const client of clients.splice(0)) client.release(true);
  for (const pool of pools.splice(0)) await pool.end();
});

let lastKey = 0;
const newKey = () => `key-${++lastKey}`;
const place = (customer: number, key: string, body?: unknown, path = '/orders') =>
  shop
    .as(customer)
    .post(path)
    .set('idempotency-key', key)
    .send(body as object);
const ordersOf = async (customer: number) => (await shop.as(customer).get('/orders').expect(200)).body;

async function customerWithCart() {
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell({ price: 1000 }), 2]);
  return customer;
}

it('gives a repeat the first reply and has its effect once', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  const first = await place(customer, key, { amount: 2000 }).expect(201);

  const again = await place(customer, key, { amount: 2000 }).expect(201);

  expect(again.body).toEqual(first.body);
  expect(again.headers['location']).toBe(first.headers['location']);
  expect(await ordersOf(customer)).toMatchObject({ total: 1 });
  await shop.settled();
  expect(shop.heard.filter(({ key }) => key === first.body.orderNumber)).toHaveLength(1);
});

it('gives the first reply even when the order and the cart have gone on since', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  const first = await place(customer, key).expect(201);
  await shop.reserved(first.body.orderNumber);
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);

  expect((await place(customer, key).expect(201)).body).toEqual(first.body);
  expect((await shop.as(customer).get('/cart').expect(200)).body.lines).toHaveLength(1);
});

it('gives the first reply while catalog is away', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  const first = await place(customer, key).expect(201);
  shop.catalog.mood = 'away';

  const again = await place(customer, key);
  shop.catalog.mood = 'well';

  expect([again.status, again.body]).toEqual([201, first.body]);
});

it('takes the members of the body in any order, and the path with or without a slash at its end', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  const first = await place(customer, key, { amount: 2000, currency: 'eur' }).expect(201);

  const again = await place(customer, key, { currency: 'eur', amount: 2000 }, '/orders/');

  expect([again.status, again.body]).toEqual([201, first.body]);
});

it('refuses the key with another body', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  await place(customer, key, { amount: 2000 }).expect(201);

  for (const other of [{ amount: 2001 }, { amount: 2000, currency: 'eur' }, {}, undefined]) {
    const { status, body } = await place(customer, key, other);
    expect([status, body.code]).toEqual([422, 'idempotency-key-reused']);
  }
  expect(await ordersOf(customer)).toMatchObject({ total: 1 });
});

it('is each customer’s own', async () => {
  const [one, two, key] = [await customerWithCart(), await customerWithCart(), newKey()];

  const [ofOne, ofTwo] = [await place(one, key).expect(201), await place(two, key).expect(201)];

  expect(ofTwo.body.orderNumber).not.toBe(ofOne.body.orderNumber);
  expect(ofTwo.body.order.customerId).toBe(two);
});

it('makes one order of fifty requests at once', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];

  const replies = await Promise.all(Array.from({ length: 50 }, () => place(customer, key)));

  const created = replies.filter(({ status }) => status === 201);
  const refused = replies.filter(({ status }) => status !== 201);
  expect(created.length).toBeGreaterThanOrEqual(1);
  for (const { body } of created) expect(body).toEqual(created[0]?.body);
  for (const { status, body, headers } of refused) {
    expect([status, body.code, headers['retry-after']]).toEqual([409, 'request-in-progress', '1']);
  }
  expect(await ordersOf(customer)).toMatchObject({ total: 1 });
});

it('says so while the first request is being worked on', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  // Another request that has got as far as the cart's row.
  const other = await openPool().connect();
  clients.push(other);
  await other.query('BEGIN');
  await other.query('SELECT FROM carts WHERE customer_id = $1 FOR UPDATE', [customer]);
  const first = place(customer, key).then((reply) => reply);
  await waitFor(async () => (await shop.database.sql(`SELECT FROM pg_locks WHERE NOT granted`)).length > 0);

  const second = await place(customer, key);
  await other.query('COMMIT');

  expect([second.status, second.body.code, second.headers['retry-after']]).toEqual([
    409,
    'request-in-progress',
    '1',
  ]);
  const { status, body } = await first;
  expect(status).toBe(201);
  expect((await place(customer, key).expect(201)).body).toEqual(body);
});

it('is not spent by a request that failed, so that a mended cart can be ordered', async () => {
  const [customer, key] = [shop.newCustomer(), newKey()];
  expect((await place(customer, key).expect(409)).body.code).toBe('cart-empty');
  const lamp = shop.catalog.sell();
  await shop.fillCart(customer, [lamp, 3]);
  shop.catalog.sell({ id: lamp, stock: 2 });
  expect((await place(customer, key).expect(409)).body.code).toBe('insufficient-stock');
  const { body: cart } = await shop.as(customer).get('/cart');
  await shop.as(customer).patch(`/cart/${cart.lines[0].id}`).send({ qty: 2 }).expect(200);

  const { body } = await place(customer, key).expect(201);

  expect(body.order.items).toMatchObject([{ productId: lamp, qty: 2 }]);
});

it('forgets a key after 24 hours', async () => {
  const [customer, key] = [await customerWithCart(), newKey()];
  const first = await place(customer, key, { amount: 2000 }).expect(201);
  await shop.fillCart(customer, [shop.catalog.sell({ price: 500 }), 1]);
  const age = (interval: string) =>
    shop.database.sql(
      `UPDATE idempotency_keys SET created_at = now() - $2::interval WHERE customer_id = $1`,
      [customer, interval],
    );

  await age('23 hours 59 minutes');
  expect((await place(customer, key, { amount: 2000 }).expect(201)).body).toEqual(first.body);
  await age('24 hours 1 second');
  const second = await place(customer, key, { amount: 500 }).expect(201);

  expect(second.body.orderNumber).not.toBe(first.body.orderNumber);
  expect((await place(customer, key, { amount: 500 }).expect(201)).body).toEqual(second.body);
});

it('sweeps up all forgotten keys and no others', async () => {
  const [old, recent] = [await customerWithCart(), await customerWithCart()];
  for (const customer of [old, recent]) await place(customer, newKey()).expect(201);
  await shop.database.sql(
    `UPDATE idempotency_keys SET created_at = now() - interval '25 hours' WHERE customer_id = $1`,
    [old],
  );

  await shop.database.sql(
    `INSERT INTO idempotency_keys (customer_id, route, key, body_hash, reply, created_at)
     SELECT $1, 'POST /orders', 'old-' || n, 'hash', '{}', now() - interval '25 hours' FROM generate_series(1, 10500) n`,
    [old],
  );

  await shop.startInstance({ PURGE_MS: '1000' });

  const left = () =>
    shop.database.sql('SELECT customer_id FROM idempotency_keys WHERE customer_id = ANY($1)', [
      [old, recent],
    ]);
  await waitFor(async () => (await left()).length === 1);
  expect(await left()).toEqual([{ customer_id: recent }]);
});

it.each(['', ' ', 'with space', Buffer.from('ü').toString('latin1'), 'x'.repeat(256)])(
  'refuses the key %p',
  async (key) => {
    const customer = await customerWithCart();

    const { status, body } = await shop.as(customer).post('/orders').set('idempotency-key', key);

    expect({ status, ...body }).toMatchObject({
      status: 400,
      code: 'validation-failed',
      errors: [{ field: 'Idempotency-Key' }],
    });
    expect(await ordersOf(customer)).toMatchObject({ total: 0 });
  },
);

it('takes the longest key that it says it takes', async () => {
  await place(await customerWithCart(), `${'~'.repeat(254)}!`).expect(201);
});
