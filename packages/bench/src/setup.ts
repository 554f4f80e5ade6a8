import { spawn } from 'node:child_process';
import { randomBytes } from 'node:crypto';
import { once } from 'node:events';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createShopClient, orThrow, type ShopClient } from '@shop/client';
import jwt from 'jsonwebtoken';
import pg from 'pg';
import { bareSchema } from './bare/schema.ts';
import { startChild, stopChild } from './child.ts';
import { writeProducts } from './made-products.ts';
import { untilPublished } from './measures/outbox.ts';
import type { Customer, Setting } from './setting.ts';

interface ShopStarted {
  readonly urls: Record<'storefront' | 'user' | 'catalog' | 'order', string>;
  readonly databases: Record<'bare' | 'orders' | 'catalog', string>;
  readonly pids: readonly number[];
}

export interface Account {
  readonly email: string;
  readonly password: string;
}

export interface SetupOptions {
  /** How many products are made in addition to the demo's. */
  readonly products: number;
  readonly turns: number;
  readonly seconds: number;
  /** On the Kafka and the Elasticsearch that the environment names, each service in a process of its own. */
  readonly engines: boolean;
}

const customerCount = 16;

/** Starts the shop, and the bare program with the same products on the same PostgreSQL. */
export async function setUp({ products, turns, seconds, engines }: SetupOptions) {
  const shop = await startChild<ShopStarted>(
    './shop.js',
    engines ? requireEngines() : noEngines,
    // As in `pnpm start`.
    ['--max-semi-space-size=8'],
  );
  const { urls, databases, pids } = shop.started;
  const pools = {
    orders: new pg.Pool({ connectionString: databases.orders, max: 2 }),
    catalog: new pg.Pool({ connectionString: databases.catalog, max: 2 }),
    bare: new pg.Pool({ connectionString: databases.bare, max: 2, options: '-c search_path=bare' }),
  };
  const importedPerSecond = products > 0 ? await importMadeProducts(products, databases.catalog) : undefined;
  await untilPublished(pools.catalog);
  const tokenSecret = randomBytes(32).toString('hex');
  await fillBare(pools);
  const bare = await startChild<{ url: string }>('./bare/main.js', {
    DATABASE_URL: databases.bare,
    TOKEN_SECRET: tokenSecret,
  });
  const client = createShopClient({ url: `${urls.storefront}/api` });
  const accounts = await register(client);
  const logInAll = async () => {
    const customers: Customer[] = [];
    for (const account of accounts) customers.push(await logIn(client, account));
    return customers;
  };
  const setting: Setting = {
    shop: {
      url: urls.order,
      urls,
      pids: [shop.child.pid ?? 0, ...pids],
      customers: await logInAll(),
      orders: pools.orders,
      catalog: pools.catalog,
    },
    bare: {
      url: bare.started.url,
      customers: accounts.map((_, index) => ({
        authorization: `Bearer ${jwt.sign({ id: index + 1 }, tokenSecret, { expiresIn: '2h' })}`,
      })),
      orders: pools.bare,
    },
    productIds: await productIds(pools.catalog),
    turns,
    seconds,
  };
  return {
    setting,
    accounts,
    logInAll,
    /** Undefined when there was nothing to import. */
    importedPerSecond,
    tearDown: async () => {
      await Promise.all(Object.values(pools).map((pool) => pool.end()));
      await stopChild(bare.child);
      await stopChild(shop.child);
    },
  };
}

const noEngines = { KAFKA_BROKERS: undefined, ELASTICSEARCH_URL: undefined };

function requireEngines(): NodeJS.ProcessEnv {
  const missing = Object.keys(noEngines).filter((name) => !process.env[name]);
  if (missing.length > 0) throw new Error(`--engines needs ${missing.join(' and ')}`);
  return {};
}

/** Enough of everything, so that no order is refused. */
const stock = 1_000_000;

async function fillBare({ catalog, bare }: Record<'catalog' | 'bare', pg.Pool>): Promise<void> {
  await catalog.query(
    `WITH moved AS (
       UPDATE products SET stock = stock + $1, version = version + 1 WHERE stock < $1 RETURNING id, version
     )
     INSERT INTO stock_movements (product_id, delta, reason, version)
     SELECT id, $1, 'adjustment', version FROM moved`,
    [stock],
  );
  await bare.query(`CREATE SCHEMA bare; ${bareSchema}`);
  const columns = 'id, name, description, price, currency, stock, category, tags, image_url';
  for (let last = 0; ; ) {
    const { rows } = await catalog.query(
      `SELECT ${columns} FROM products WHERE id > $1 ORDER BY id LIMIT 5000`,
      [last],
    );
    if (rows.length === 0) break;
    last = rows.at(-1).id;
    await bare.query(
      `INSERT INTO products (${columns}) SELECT ${columns} FROM jsonb_populate_recordset(NULL::products, $1)`,
      [JSON.stringify(rows)],
    );
  }
  await bare.query('ANALYZE products');
  // As autovacuum would before long.
  await catalog.query('VACUUM ANALYZE');
}

/** By the catalog's own command. @returns products per second */
async function importMadeProducts(count: number, databaseUrl: string): Promise<number> {
  const folder = await mkdtemp(join(tmpdir(), 'shop-bench-'));
  const file = join(folder, 'products.jsonl');
  await writeProducts(file, count);
  const program = fileURLToPath(new URL('./import-products.js', import.meta.resolve('catalog_service')));
  const env = { ...process.env, DATABASE_URL: databaseUrl };
  const startedAt = performance.now();
  const importing = spawn(process.execPath, [program, file], { env, stdio: ['ignore', 'ignore', 'inherit'] });
  const [code] = await once(importing, 'exit');
  const seconds = (performance.now() - startedAt) / 1_000;
  await rm(folder, { recursive: true });
  if (code !== 0) throw new Error(`the import of ${count} products ended with ${code}`);
  return count / seconds;
}

async function productIds(catalog: pg.Pool): Promise<number[]> {
  const { rows } = await catalog.query(
    'SELECT id FROM products WHERE deleted_at IS NULL ORDER BY id LIMIT 100',
  );
  return rows.map(({ id }) => id);
}

async function register(client: ShopClient): Promise<Account[]> {
  const accounts = Array.from({ length: customerCount }, (_, index) => ({
    email: `bench-${index}@shop.test`,
    password: randomBytes(12).toString('hex'),
  }));
  // One after the other: all at once wait for each other's passwords, on a slow machine longer than the gateway does.
  for (const account of accounts) await orThrow(client.register({ body: { username: 'Bench', ...account } }));
  return accounts;
}

async function logIn(client: ShopClient, account: Account): Promise<Customer> {
  return { authorization: `Bearer ${(await orThrow(client.login({ body: account }))).token}` };
}
