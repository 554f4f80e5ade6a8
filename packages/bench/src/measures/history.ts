import type { Pool, PoolClient } from 'pg';
import { load } from '../load.ts';
import { post } from '../post.ts';
import type { Customer, Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

/** Customers with a past; among them are those of the bench, whose ids are the first. */
const customerCount = 100_000;

interface Figures {
  readonly order: number;
  readonly list: number;
}

/**
 * What a shop takes for an order, and for a page of a customer's orders, before and after it has a past.
 * @param logIn gives the customers new tokens: making the past takes longer than a token is good for
 */
export async function measureHistory(
  setting: Setting,
  orders: number,
  logIn: () => Promise<Customer[]>,
): Promise<Measure[]> {
  const empty = await take(setting, await logIn());
  await fillOrders(setting.shop.orders, orders);
  const full = await take(setting, await logIn());
  const measure = (name: string, of: keyof Figures): Measure => ({
    name,
    unit: 'ms',
    shop: full[of],
    baseline: empty[of],
    goal: { ratioAtMost: 1.3 },
  });
  return [measure('POST /orders, many orders', 'order'), measure('GET /orders, many orders', 'list')];
}

/**
 * In milliseconds, one request at a time: so that the machine's load counts as little as it can. Orders come first, for
 * every customer has a full page of them then.
 */
async function take(
  { shop, productIds, seconds, turns }: Setting,
  customers: readonly Customer[],
): Promise<Figures> {
  const times: number[] = [];
  const deadline = performance.now() + seconds * turns * 1_000;
  for (let nth = 0; performance.now() < deadline; nth++) {
    const customer = customers[nth % customers.length] as Customer;
    await post(`${shop.url}/cart`, { productId: productIds[nth % productIds.length], qty: 1 }, customer);
    const startedAt = performance.now();
    await post(`${shop.url}/orders`, {}, customer);
    times.push(performance.now() - startedAt);
  }
  const { perSecond } = await load(
    { url: shop.url, requests: customers.map((headers) => get('/orders', headers)) },
    { seconds: seconds * turns, connections: 1 },
  );
  return { order: median(times), list: 1_000 / perSecond };
}

const get = (path: string, headers: Customer) => ({ path, headers: { ...headers } });

/** To check each made row by itself would take half of the time; a shop's own rows are checked by the tests. */
const dropReferences = `
  ALTER TABLE order_items DROP CONSTRAINT order_items_order_id_orders_id_fk;
  ALTER TABLE order_history DROP CONSTRAINT order_history_order_id_orders_id_fk`;

/** They are made again when all rows are there, which takes a fraction of the time. @returns their definitions */
async function dropIndexes(client: PoolClient): Promise<string[]> {
  const { rows } = await client.query<{ name: string; definition: string }>(
    `SELECT indexname AS name, indexdef AS definition FROM pg_indexes
     WHERE schemaname = current_schema() AND tablename IN ('orders', 'order_items', 'order_history')
       AND NOT EXISTS (SELECT FROM pg_constraint WHERE conname = indexname)`,
  );
  for (const { name } of rows) await client.query(`DROP INDEX ${name}`);
  return rows.map(({ definition }) => definition);
}

/** Completed orders of two pieces each, the oldest first, an order of each customer at a time. */
async function fillOrders(pool: Pool, count: number): Promise<void> {
  const client = await pool.connect();
  try {
    await client.query('SET statement_timeout = 0; SET synchronous_commit = off; SET work_mem = "256MB"');
    await client.query(dropReferences);
    const indexes = await dropIndexes(client);
    await client.query(
      'INSERT INTO carts (customer_id) SELECT generate_series(1, $1::int) ON CONFLICT DO NOTHING',
      [customerCount],
    );
    for (let made = 0; made < count; made += customerCount) {
      await client.query(
        `WITH made AS (
           INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at,
             created_at, updated_at)
           SELECT 'made-' || customer_id || '-' || $1::int, customer_id, id, -1 - $1::int, 2000, 'usd', 'completed', at, at, at
           FROM carts, LATERAL (SELECT now() - interval '3 years' + ($1::int + random()) * interval '1 minute') AS t (at)
           WHERE customer_id <= $2::int LIMIT $3::int
           RETURNING id, created_at
         ), items AS (
           INSERT INTO order_items (order_id, product_id, item_name, qty, price)
           SELECT id, 1, 'Made', 2, 1000 FROM made
         )
         INSERT INTO order_history (order_id, status, cause, created_at)
         SELECT id, status, cause, created_at
         FROM made, (VALUES ('pending', 'created'), ('completed', 'payment-succeeded')) AS h (status, cause)`,
        [made, customerCount, Math.min(customerCount, count - made)],
      );
      process.stderr.write(`\r${Math.min(made + customerCount, count)} of ${count} orders made`);
    }
    process.stderr.write('\n');
    for (const definition of indexes) await client.query(definition);
    await client.query('VACUUM ANALYZE orders, order_items, order_history, carts');
  } finally {
    client.release(true);
  }
}
