import { randomUUID } from 'node:crypto';
import { readdir, readFile } from 'node:fs/promises';
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
  await Promise.all([1, 2, 3].map(() => migrateOrderDatabase(database.url)));
  await database.sql(`INSERT INTO carts (customer_id) VALUES (1)`);
  await migrateOrderDatabase(database.url);

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
