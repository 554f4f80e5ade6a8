import pg from 'pg';
import {
  createOrderRepository,
  type OrderFilter,
  type OrderPage,
  type OrderRepository,
} from '../src/db/order.repository.ts';
import { type Harness, startHarness } from './support/harness.ts';

let shop: Harness;
beforeAll(async () => {
  shop = await startHarness();
});
afterAll(() => shop.stop());

interface Listed {
  readonly items: readonly string[];
  readonly total: number;
  readonly nextCursor: string | null;
}

async function list(agent: Harness['admin'], query: Record<string, string | number> = {}): Promise<Listed> {
  const { body } = await agent.get('/orders').query(query).expect(200);
  const items = body.items.map((order: { orderNumber: string }) => order.orderNumber);
  return { ...body, items };
}

/** Orders of a customer that were made long ago, at these times. */
async function oldOrders(customer: number, times: readonly string[], status = 'pending') {
  const rows = await shop.database.sql<{ order_number: string }>(
    `INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, reason,
       expires_at, created_at)
     SELECT concat('OLD-', $1::int, '-', n, '-', $3::text), $1, -$1, n + 100 * ascii($3), 1000, 'eur', $3::text,
       CASE $3 WHEN 'cancelled' THEN 'by-customer' END, now(), time
     FROM unnest($2::timestamptz[]) WITH ORDINALITY AS made (time, n) RETURNING order_number`,
    [customer, times, status],
  );
  return rows.map((row) => row.order_number);
}

it('lists a customer’s orders by page and status, newest first, with their items', async () => {
  const customer = shop.newCustomer();
  const numbers = [
    await shop.order(customer, 'processing'),
    await shop.order(customer),
    await shop.order(customer, 'processing'),
  ];
  const mine = (query = {}) => list(shop.as(customer), query);

  expect(await mine()).toEqual({
    items: [...numbers].reverse(),
    total: 3,
    totalIsExact: true,
    limit: 20,
    offset: 0,
    nextCursor: null,
  });
  expect(await mine({ limit: 1, offset: 1 })).toMatchObject({ items: [numbers[1]], total: 3, limit: 1 });
  expect(await mine({ status: 'processing' })).toMatchObject({ items: [numbers[2], numbers[0]], total: 2 });
  expect(await mine({ offset: 3 })).toMatchObject({ items: [], total: 3, nextCursor: null });
  const { body } = await shop.as(customer).get('/orders?limit=1').expect(200);
  const { history, refunds: _, refundedAmount: __, ...order } = await shop.look(numbers[2] as string);
  expect(history).toHaveLength(2);
  expect(body.items).toEqual([order]);
});

it('finds orders by when they were created: from this time on, and before that one', async () => {
  const customer = shop.newCustomer();
  const times = ['2026-01-01T00:00:00Z', '2026-02-01T00:00:00Z', '2026-02-01T00:00:00.001Z'];
  const [first, second, third] = await oldOrders(customer, times);
  const between = async (query: Record<string, string>) => (await list(shop.as(customer), query)).items;

  expect(await between({ from: '2026-02-01T00:00:00Z' })).toEqual([third, second]);
  expect(await between({ to: '2026-02-01T00:00:00Z' })).toEqual([first]);
  expect(await between({ from: '2026-01-01T01:00:00+01:00', to: '2026-02-01T00:00:00.001Z' })).toEqual([
    second,
    first,
  ]);
  expect(await between({ from: '2026-03-01T00:00:00Z' })).toEqual([]);
  expect(await between({ from: '2026-02-01T00:00:00Z', status: 'cancelled' })).toEqual([]);
});

it('takes a date for the whole day in UTC', async () => {
  const customer = shop.newCustomer();
  const times = [
    '2026-01-31T23:59:59.999Z',
    '2026-02-01T00:00:00Z',
    '2026-02-28T23:59:59.999999Z',
    '2026-03-01T00:00:00Z',
  ];
  const [last, first, end, next] = await oldOrders(customer, times);
  const between = async (query: Record<string, string>) => (await list(shop.as(customer), query)).items;

  expect(await between({ from: '2026-02-01', to: '2026-02-28' })).toEqual([end, first]);
  expect(await between({ from: '2026-02-28', to: '2026-02-28' })).toEqual([end]);
  expect(await between({ from: '2026-03-01' })).toEqual([next]);
  expect(await between({ to: '2026-01-31' })).toEqual([last]);
  expect(await between({ from: '2026-02-01', to: '2026-02-01T00:00:00.001Z' })).toEqual([first]);
});

it.each([
  'utm_source=mail',
  'fbclid=x&gclid=y',
  '_=1795354765',
  'limit[gt]=1',
  '__proto__=1',
  'constructor=1',
  'sort=id',
])('ignores what others add to its query: %s', async (added) => {
  const customer = shop.newCustomer();
  const [number] = await oldOrders(customer, ['2026-01-01T00:00:00Z']);
  const { body } = await shop.as(customer).get(`/orders?limit=5&${added}`).expect(200);
  expect(body).toMatchObject({ items: [{ orderNumber: number }], total: 1, limit: 5 });
});

it('pages by cursor through orders of the same moment, and is not shifted by new ones', async () => {
  const customer = shop.newCustomer();
  const numbers = await oldOrders(customer, Array(7).fill('2026-03-01T00:00:00.123456Z'));
  const seen: string[] = [];
  let cursor: string | null = '';
  while (cursor !== null) {
    const page = await list(shop.as(customer), { limit: 3, ...(cursor && { cursor }) });
    seen.push(...page.items);
    cursor = page.nextCursor;
    if (seen.length === 3) await oldOrders(customer, ['2026-03-02T00:00:00Z'], 'completed');
  }

  expect(seen).toEqual([...numbers].reverse());
});

it('has no next page when the last one is just full', async () => {
  const customer = shop.newCustomer();
  const numbers = await oldOrders(customer, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);

  expect(await list(shop.as(customer), { limit: 2 })).toMatchObject({ nextCursor: null });
  const page = await list(shop.as(customer), { limit: 1 });
  expect(page.nextCursor).toBe(numbers[1]);
  const rest = await list(shop.as(customer), { limit: 1, cursor: page.nextCursor as string });
  expect(rest).toMatchObject({ items: [numbers[0]], total: 2, nextCursor: null });
});

it('shows an administrator everybody’s orders, or one customer’s, with all filters', async () => {
  const [one, two] = [shop.newCustomer(), shop.newCustomer()];
  const ofOne = await oldOrders(one, ['2026-05-01T00:00:00Z'], 'completed');
  const ofTwo = await oldOrders(two, ['2026-05-02T00:00:00Z', '2026-05-03T00:00:00Z'], 'cancelled');
  const inMay = { from: '2026-05-01T00:00:00Z', to: '2026-06-01T00:00:00Z' };

  expect((await list(shop.admin, { all: 'true', ...inMay })).items).toEqual([ofTwo[1], ofTwo[0], ofOne[0]]);
  expect((await list(shop.admin, { all: 'true', ...inMay, status: 'completed' })).items).toEqual(ofOne);
  expect(await list(shop.admin, { customerId: two })).toMatchObject({ total: 2 });
  expect(await list(shop.admin, { all: 'true', customerId: one })).toMatchObject({ items: ofOne, total: 1 });
  expect(await list(shop.admin, inMay)).toMatchObject({ items: [] });
});

it.each([{ all: 'true' }, { customerId: 1 }])('refuses %p to a customer', async (query) => {
  const { status, body } = await shop.as(shop.newCustomer()).get('/orders').query(query);

  expect([status, body.code]).toEqual([403, 'admin-only']);
});

it('shows a customer nothing of the others’, whatever the cursor', async () => {
  const [owner, stranger] = [shop.newCustomer(), shop.newCustomer()];
  await oldOrders(owner, ['2026-01-01T00:00:00Z', '2026-01-02T00:00:00Z']);
  const { items } = await list(shop.as(owner));

  await oldOrders(stranger, ['2026-01-01T12:00:00Z']);
  for (const query of [{ cursor: items[0] as string }, { cursor: 'NEVER-WAS' }]) {
    const { status, body } = await shop.as(stranger).get('/orders').query(query);
    expect([status, body.errors]).toEqual([
      400,
      [{ field: 'cursor', message: 'must be the nextCursor of another page' }],
    ]);
  }
  const { body } = await shop.admin.get('/orders').query({ customerId: stranger, cursor: items[0] });
  expect(body.code).toBe('validation-failed');
});

describe('reads no more of the tables than it shows,', () => {
  const statements: { query: string; params: unknown[] }[] = [];
  let pool: pg.Pool;
  let repository: OrderRepository;
  beforeAll(async () => {
    pool = new pg.Pool({ connectionString: shop.database.url });
    const query = pool.query.bind(pool) as (statement: { text: string }, params: unknown[]) => unknown;
    const recorded = Object.assign(Object.create(pool), {
      query: (statement: { text: string }, params: unknown[]) => {
        statements.push({ query: statement.text, params });
        return query(statement, params);
      },
    });
    repository = createOrderRepository(recorded);
    await pool.query(
      `INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at,
         created_at)
       SELECT 'MANY-' || n, n % 500, 0, n, 1000, 'eur', (ARRAY['pending', 'completed'])[1 + (n % 50 = 0)::int],
         now(), timestamptz '2025-01-01' + n * interval '1 minute' FROM generate_series(1, 20000) n`,
    );
    await pool.query(
      `INSERT INTO order_history (order_id, status, cause) SELECT id, 'pending', 'created' FROM orders`,
    );
    await shop.database.sql('ANALYZE');
  });
  afterAll(() => pool.end());

  const aDay = { from: '2025-01-03T00:00:00Z', to: '2025-01-04T00:00:00Z' };
  const after = 'MANY-9000';
  it.each<[string, OrderFilter & Pick<OrderPage, 'after'>]>([
    ['everybody’s', {}],
    ['a customer’s', { customerId: 7 }],
    ['a customer’s of a status', { customerId: 7, status: 'pending' }],
    ['all of a status', { status: 'completed' }],
    ['all of a time long ago', aDay],
    ['all of a status and a time long ago', { ...aDay, status: 'pending' }],
    ['a later page', { after }],
    ['a later page of a status', { status: 'completed', after }],
    ['a later page of a customer’s', { customerId: 7, after: 'MANY-9007' }],
  ])('%s', async (_name, filter) => {
    statements.length = 0;
    const { after, ...others } = filter;
    const items = await repository.list(others, { after, limit: 21, offset: 0 });

    expect(items).not.toEqual([]);
    expect(await rowsTouched('order by')).toBeLessThanOrEqual(45);
  });

  it('histories, for those who follow them', async () => {
    const orders = await shop.database.sql<{ id: number }>(
      `SELECT id FROM orders WHERE order_number LIKE 'MANY-1%' ORDER BY id LIMIT 50`,
    );
    statements.length = 0;
    await repository.historyAfter(new Map(orders.map(({ id }) => [id, 0])), 500);

    expect(await rowsTouched('order by')).toBeLessThanOrEqual(50);
  });

  /** The most rows that any step of the statement's plan has looked at. */
  async function rowsTouched(words: string): Promise<number> {
    const statement = statements.find(({ query }) => query.includes(words));
    if (statement === undefined) throw new Error('There was no such statement.');
    const { rows } = await pool.query(
      `EXPLAIN (ANALYZE, FORMAT JSON) ${statement.query}`,
      statement.params as string[],
    );
    return mostRows(rows[0]['QUERY PLAN'][0].Plan);
  }
});

interface Plan {
  readonly 'Actual Rows': number;
  readonly 'Rows Removed by Filter'?: number;
  readonly Plans?: readonly Plan[];
}

const mostRows = (plan: Plan): number =>
  Math.max(
    plan['Actual Rows'] + (plan['Rows Removed by Filter'] ?? 0),
    ...(plan.Plans ?? []).map((each) => mostRows(each)),
  );
