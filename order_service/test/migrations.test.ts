import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
import { sqlOf } from '@shop/messaging';
import { createLogger, createPool } from '@shop/service-kit';
import { createTestDatabase, type TestDatabase } from '@shop/testing';
import { generateDrizzleJson, generateMigration } from 'drizzle-kit/api';
import * as schema from '../src/db/schema.ts';
import { migrateOrderDatabase } from '../src/index.ts';

const folder = new URL('../migrations/', import.meta.url);
const readJson = async (path: string) => JSON.parse(await readFile(new URL(path, folder), 'utf8'));
const journal = async (): Promise<{ tag: string }[]> => (await readJson('meta/_journal.json')).entries;

let database: TestDatabase;
beforeAll(async () => {
  database = await createTestDatabase({ template: randomUUID(), migrate: async () => {}, schema: 'orders' });
});
afterAll(() => database.drop());

it('run once each, however many begin at the same moment', async () => {
  await Promise.all([1, 2, 3].map(() => migrateOrderDatabase(database.ownerUrl)));
  await database.sql(`INSERT INTO carts (customer_id) VALUES (1)`);
  await migrateOrderDatabase(database.ownerUrl);

  const applied = await database.sql('SELECT hash FROM __drizzle_migrations');
  expect(applied).toHaveLength((await journal()).length);
  expect(await database.sql('SELECT customer_id FROM carts')).toEqual([{ customer_id: 1 }]);
});

it('keep to the schema of the service', async () => {
  const tables = await database.sql<{ table_schema: string }>(
    `SELECT DISTINCT table_schema FROM information_schema.tables
     WHERE table_schema NOT IN ('pg_catalog', 'information_schema')`,
  );
  expect(tables).toEqual([{ table_schema: 'orders' }]);
  // drizzle-kit writes foreign keys to "public"; take that out by hand, for the role may not even look there.
  const files = (await readdir(folder)).filter((name) => name.endsWith('.sql'));
  expect(files).toHaveLength((await journal()).length);
  for (const name of files) expect(await readFile(new URL(name, folder), 'utf8')).not.toContain('"public"');
});

it('leave nothing for drizzle-kit to generate', async () => {
  const last = (await journal()).length - 1;
  const snapshot = await readJson(`meta/${String(last).padStart(4, '0')}_snapshot.json`);

  expect(await generateMigration(snapshot, generateDrizzleJson(schema, snapshot.id))).toEqual([]);
});

it('give amounts twelve digits beside an instance of the release before, with what it has prepared', async () => {
  // That release owned its schema.
  const { ownerUrl: url, sql } = database;
  const logger = createLogger({ name: 'test', level: 'silent' });
  const pool = createPool({ url, name: 'order_service', schema: 'orders', logger, max: 1 });
  await sql('ALTER TABLE orders ALTER amount TYPE integer');
  await sql('DROP TABLE audit, disputes, shipment_lines, shipments');
  await sql('ALTER TABLE orders DROP fulfilment');
  await pool.query('DELETE FROM __drizzle_migrations WHERE id > 2');
  await pool.query(
    `INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at)
     VALUES ('old', 1, 1, 1, 1999, 'usd', 'pending', now())`,
  );
  const amounts = () => sqlOf(pool)('SELECT amount FROM orders', []);
  expect(await amounts()).toEqual([{ amount: 1_999 }]);

  await migrateOrderDatabase(url);

  expect(await amounts()).toEqual([{ amount: 1_999 }]);
  await pool.query('UPDATE orders SET amount = 999999999999');
  expect(await amounts()).toEqual([{ amount: 999_999_999_999 }]);
  await pool.end();
});
