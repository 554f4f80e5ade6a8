import { waitFor } from '@shop/testing';
import request from 'supertest';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());
afterEach(() => shop.network.heal());

const readiness = () => request(shop.url).get('/readyz');
const ready = () => waitFor(async () => (await readiness()).status === 200, { what: 'readiness' });

it('answers 503 while its database is away, and loses nothing', async () => {
  const customer = shop.newCustomer();
  const lamp = shop.catalog.sell();
  const orderNumber = await shop.order(customer);
  await shop.fillCart(customer, [lamp, 1]);
  const { body: cart } = await shop.as(customer).get('/cart').expect(200);
  const line = `/cart/${cart.lines[0].id}`;
  shop.network.cut();

  const user = shop.as(customer);
  const replies = await Promise.all([
    user.post('/cart').send({ productId: lamp, qty: 1 }),
    user.get('/cart'),
    user.patch(line).send({ qty: 2 }),
    user.delete(line),
    user.post('/orders'),
    user.post('/orders').set('idempotency-key', 'away'),
    user.get('/orders'),
    user.get(`/orders/${orderNumber}`),
    user.get(`/orders/${orderNumber}/checkout`),
    user.post(`/orders/${orderNumber}/cancel`),
  ]);

  for (const { status, headers, body } of replies) {
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'database-unavailable', '1']);
    expect(headers['content-type']).toMatch(/^application\/problem\+json/);
  }
  const [health, state] = [await request(shop.url).get('/healthz'), await readiness()];
  expect([health.status, state.status, state.body]).toEqual([
    200,
    503,
    { status: 'unavailable', failed: ['postgres'], degraded: [] },
  ]);

  shop.network.heal();
  await ready();
  expect((await user.get('/cart').expect(200)).body).toEqual(cart);
  expect(await shop.look(orderNumber)).toMatchObject({ status: 'pending' });
  await user.post('/orders').set('idempotency-key', 'away').expect(201);
});

it('takes up an event once its database is back', async () => {
  const orderNumber = await shop.order(shop.newCustomer());
  shop.network.cut();
  const said = shop.reserved(orderNumber);
  await waitFor(() => shop.logs.some(({ msg }) => msg === 'event not handled yet, retrying'));

  shop.network.heal();
  await said;

  expect(await shop.look(orderNumber)).toMatchObject({ status: 'processing' });
  expect(shop.deadLetters).toEqual([]);
});

it('goes on sending events after its connections broke', async () => {
  shop.network.cut();
  shop.network.heal();
  await ready();

  const orderNumber = await shop.order(shop.newCustomer());

  await waitFor(() => shop.heard.some(({ key }) => key === orderNumber), { what: 'CREATE_ORDER' });
});

it('does not start without its database, and leaves nothing behind', async () => {
  shop.network.cut();

  await expect(shop.startInstance()).rejects.toThrow('Connection terminated');
});

it('does not start on a port that is taken, and leaves nothing behind', async () => {
  const connections = async () =>
    (
      await shop.database.sql(
        `SELECT FROM pg_stat_activity WHERE datname = current_database() AND application_name = 'order_service'
         AND backend_start > $1`,
        [before],
      )
    ).length;
  const [{ now: before }] = (await shop.database.sql('SELECT clock_timestamp() AS now')) as [{ now: Date }];

  await expect(shop.startInstance({ PORT: String(shop.port) })).rejects.toThrow('EADDRINUSE');

  await waitFor(async () => (await connections()) === 0);
  await ready();
});

it('finishes the requests in hand when it is stopped, takes no new ones, and can be stopped twice', async () => {
  const { url, stop } = await shop.startInstance();
  const customer = shop.newCustomer();
  await shop.fillCart(customer, [shop.catalog.sell(), 1]);
  shop.catalog.asked.length = 0;
  const letGo = shop.catalog.hold();
  const ordering = shop
    .as(customer, url)
    .post('/orders')
    .then((reply) => reply);
  await waitFor(() => shop.catalog.asked.length > 0);

  const stopping = stop();
  const refused = () =>
    request(url)
      .get('/healthz')
      .then(
        () => false,
        ({ code }) => code === 'ECONNREFUSED',
      );
  await waitFor(refused, { what: 'new requests to be refused' });
  letGo();

  expect((await ordering).status).toBe(201);
  await stopping;
  await stop();
});

describe('a commit whose answer is lost', () => {
  it('is answered 504 without Retry-After, as nobody knows whether the order is there', async () => {
    const customer = shop.newCustomer();
    await shop.fillCart(customer, [shop.catalog.sell(), 1]);
    shop.network.loseReplyTo('CREATE_ORDER');

    const { status, headers, body } = await shop.as(customer).post('/orders');

    expect([status, body.code, headers['retry-after']]).toEqual([504, 'outcome-unknown', undefined]);
    expect((await shop.as(customer).get('/orders').expect(200)).body.items).toHaveLength(1);
  });

  it('is answered 503 with a key, by which a repeat finds the order', async () => {
    const customer = shop.newCustomer();
    await shop.fillCart(customer, [shop.catalog.sell(), 1]);
    const place = () => shop.as(customer).post('/orders').set('idempotency-key', 'lost');
    shop.network.loseReplyTo('COMMIT');

    const { status, headers } = await place();

    expect([status, headers['retry-after']]).toEqual([503, '1']);
    const { body } = await place().expect(201);
    const { items } = (await shop.as(customer).get('/orders').expect(200)).body;
    expect(items).toEqual([expect.objectContaining({ orderNumber: body.orderNumber })]);
  });

  it('is answered 504 for a cart, too', async () => {
    const customer = shop.newCustomer();
    const productId = shop.catalog.sell({ name: 'Lamp of the lost reply' });
    shop.network.loseReplyTo('Lamp of the lost reply');

    const { status } = await shop.as(customer).post('/cart').send({ productId, qty: 2 });

    expect(status).toBe(504);
    expect((await shop.as(customer).get('/cart').expect(200)).body.lines).toMatchObject([{ qty: 2 }]);
  });
});

it('works on a few changes at a time, and tells those that have waited for a second to come again', async () => {
  const crowded = await startHarness({ settings: { CHANGES_AT_ONCE: '2' } });
  try {
    const [one, two, three] = [crowded.newCustomer(), crowded.newCustomer(), crowded.newCustomer()];
    const productId = crowded.catalog.sell();
    const add = (customer: number) => crowded.as(customer).post('/cart').send({ productId, qty: 1 });
    const letGo = crowded.catalog.hold();
    const first = [one, two].map((customer) => add(customer).then((reply) => reply));
    await waitFor(() => crowded.catalog.asked.length === 2);

    const { status, headers, body } = await add(three);
    expect([status, body.code, headers['retry-after']]).toEqual([503, 'overloaded', '1']);
    await crowded.as(three).get('/cart').expect(200);

    const waiting = add(three).then((reply) => reply);
    letGo();
    for (const reply of [...(await Promise.all(first)), await waiting]) expect(reply.status).toBe(201);
  } finally {
    await crowded.stop();
  }
});
