import { setClockAhead, waitFor } from '@shop/testing';
import jwt from 'jsonwebtoken';
import { startFakeOrders } from './support/fake-orders.ts';
import {
  afterThisTest,
  aGuest,
  aRegistration,
  type Harness,
  serviceSecret,
  startHarness,
} from './support/harness.ts';

let shop: Harness;
async function start(environment: Record<string, string>) {
  shop = await startHarness({ environment: { PURGE_MS: '40', ...environment } });
  afterThisTest(shop.stop);
}

const age = (ids: readonly number[], time: string) =>
  shop.database.sql('UPDATE users SET created_at = now() - $2::interval WHERE id = ANY ($1)', [ids, time]);
const left = async () =>
  (await shop.database.sql<{ id: number }>('SELECT id FROM users ORDER BY id')).map(({ id }) => id);
const failures = () => shop.logged.filter((line) => line.includes('whom it has forgotten'));

it('old guests without orders are deleted with all that is theirs, and nobody else', async () => {
  const orders = await startFakeOrders();
  await start({ ORDER_SERVICE_URL: orders.url });
  const [idle, buyer, young, registered] = [
    await aGuest(shop),
    await aGuest(shop),
    await aGuest(shop),
    await aGuest(shop),
  ];
  await shop.as(idle.token)('POST', '/addresses', {
    name: 'Ada',
    address: { line1: 'Main St 1', country: 'US' },
  });
  orders.customers.add(buyer.id);
  await shop.post('/register', aRegistration(), registered.headers);
  await age([young.id], '30 days 59 minutes');
  await age([idle.id, buyer.id, registered.id], '30 days 61 minutes');

  await waitFor(async () => !(await left()).includes(idle.id));

  expect(await left()).toEqual([buyer.id, young.id, registered.id]);
  expect(await shop.database.sql('SELECT FROM addresses')).toEqual([]);
  expect(orders.asked.flat().sort()).toEqual([idle.id, buyer.id]);
  const [, token = ''] = orders.tokens[0]?.split(' ') ?? [];
  const issued = { issuer: 'user_service', audience: 'order_service' };
  expect(jwt.verify(token, serviceSecret, { algorithms: ['HS256'], ...issued })).toMatchObject({
    role: 'service',
  });
  expect(await shop.get('/validate', token)).toMatchObject({ status: 401, body: { code: 'invalid-token' } });
  expect(await shop.get('/me', token)).toMatchObject({ status: 401, body: { code: 'invalid-token' } });

  // Who has orders is not asked for again.
  const last = await aGuest(shop);
  await age([last.id], '31 days');
  await waitFor(async () => !(await left()).includes(last.id));
  expect(orders.asked).toHaveLength(2);
  expect(orders.asked[1]).toEqual([last.id]);
});

it('all of them are deleted at once, in parts', async () => {
  const orders = await startFakeOrders();
  await start({ ORDER_SERVICE_URL: orders.url, PURGE_MS: '500' });
  const rows = await shop.database.sql<{ id: number }>(
    `INSERT INTO users (role, created_at) SELECT 'guest', now() - interval '31 days' FROM generate_series(1, 1200)
     RETURNING id`,
  );
  for (const { id } of rows.slice(0, 600)) orders.customers.add(id);
  await waitFor(async () => (await left()).length === 600);
  expect(orders.asked.map(({ length }) => length)).toEqual([500, 500, 200]);
});

it('a guest whose token is valid for longer than they are now stays as long', async () => {
  const orders = await startFakeOrders();
  await start({ ORDER_SERVICE_URL: orders.url, GUEST_DAYS: '2' });
  const [short, long] = [await aGuest(shop), await aGuest(shop)];
  await shop.database.sql('UPDATE users SET guest_days = 30 WHERE id = $1', [long.id]);
  await age([short.id, long.id], '3 days');
  await waitFor(async () => !(await left()).includes(short.id));
  expect(await left()).toEqual([long.id]);
});

it('an instance whose clock is ahead deletes nobody early', async () => {
  const orders = await startFakeOrders();
  await start({ ORDER_SERVICE_URL: orders.url });
  const [young, old] = [await aGuest(shop), await aGuest(shop)];
  await age([young.id], '29 days');
  const setRight = setClockAhead(48 * 3_600_000);
  try {
    await age([old.id], '31 days');
    await waitFor(async () => !(await left()).includes(old.id));
  } finally {
    setRight();
  }
  expect(await left()).toEqual([young.id]);
});

it.each([
  ['is unavailable', { status: 503, body: {} }],
  ['is of a release before, which knows no such request', { status: 404, body: { code: 'route-not-found' } }],
  ['refuses the token', { status: 401, body: { code: 'invalid-token' } }],
  ['answers something else', { status: 200, body: { ids: ['all'] } }],
])(
  'nobody is deleted while order_service %s, which the log tells, and all are afterwards',
  async (_name, reply) => {
    const orders = await startFakeOrders();
    orders.reply = reply;
    await start({ ORDER_SERVICE_URL: orders.url });
    const guest = await aGuest(shop);
    await age([guest.id], '31 days');
    await waitFor(() => failures().length > 1);
    expect(await left()).toEqual([guest.id]);
    orders.reply = undefined;
    await waitFor(async () => (await left()).length === 0, { timeoutMs: 20_000 });
  },
  30_000,
);

it('nobody is deleted of whom order_service was not asked', async () => {
  const orders = await startFakeOrders();
  await start({ ORDER_SERVICE_URL: orders.url });
  const [young, old] = [await aGuest(shop), await aGuest(shop)];
  orders.reply = { status: 200, body: { ids: [young.id, old.id] } };
  await age([old.id], '31 days');
  await waitFor(async () => !(await left()).includes(old.id));
  expect(await left()).toEqual([young.id]);
});
