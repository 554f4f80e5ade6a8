import { rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { databaseUrl } from '@shop/postgres-server';
import { createLogger, withClient } from '@shop/service-kit';
import pg from 'pg';
import { createStackDatabase } from '../src/database.ts';
import { createStack, readStackSettings } from '../src/index.ts';
import { keepSecrets } from '../src/secrets.ts';
import type { Schema } from '../src/shop-database.ts';
import { givenDatabase } from './support/given-database.ts';
import { stackEnvironment } from './support/shop.ts';

describe('with a DATABASE_URL, the shop', () => {
  let given: Awaited<ReturnType<typeof givenDatabase>>;
  let environment: Record<string, string>;
  beforeAll(async () => {
    given = await givenDatabase();
    const KAFKA_BROKERS = '127.0.0.1:1';
    environment = { ...(await stackEnvironment()), KAFKA_BROKERS, DATABASE_URL: given.url };
  });
  afterAll(async () => {
    await given.drop();
    await rm(environment['SHOP_DATA_DIR'] ?? '', { recursive: true, force: true });
  });

  const settingsOf = (changes: Record<string, string> = {}) =>
    readStackSettings({ ...environment, ...changes }, tmpdir());
  const databaseOf = async (changes: Record<string, string> = {}) => {
    const settings = settingsOf(changes);
    return createStackDatabase(settings, await keepSecrets(settings.dataDir));
  };

  it('makes its database there, as often as it starts, with a role and a schema per service', async () => {
    const database = await databaseOf();
    for (let start = 1; start <= 2; start++) {
      await database.start();
      await database.migrate();
      await database.stop();
    }
    const ask = async (schema: Schema, question: string) => {
      const client = new pg.Client({ connectionString: database.url(schema) });
      await client.connect();
      return client.query(question).finally(() => client.end());
    };
    const { rows } = await ask('orders', 'SELECT current_user AS role, count(*)::int AS orders FROM orders');
    expect(rows).toEqual([{ role: `${given.database}_orders_role`, orders: 0 }]);
    await expect(ask('orders', 'SELECT FROM users.users')).rejects.toThrow(
      /permission denied for schema users/,
    );
  });

  it.each([
    ['users', 'users', 'orders.orders'],
    ['catalog', 'products', 'users.users'],
    ['orders', 'orders', 'catalog.products'],
  ] as const)(
    'lets the service of %s change rows, not tables, and read no other',
    async (schema, table, foreign) => {
      const database = await databaseOf();
      await database.start();
      await database.migrate();
      const ask = (url: string, text: string) =>
        withClient({ connectionString: url, options: `-c search_path=${schema}` }, (client) =>
          client.query(text),
        );
      const { rows: names } = await ask(
        database.ownerUrl(schema),
        `SELECT table_name AS name FROM information_schema.tables WHERE table_schema = '${schema}'`,
      );
      const rights = [
        'SELECT',
        'INSERT',
        'UPDATE',
        'DELETE',
        'TRUNCATE',
        'TRIGGER',
        'REFERENCES',
        'MAINTAIN',
      ];
      const held = names.map(
        ({ name }) => `ARRAY(SELECT r FROM unnest($1::text[]) r WHERE
      has_table_privilege('${schema}.${name}', r)) AS "${name}"`,
      );
      const { rows } = await withClient({ connectionString: database.url(schema) }, (client) =>
        client.query(`SELECT ${held.join(', ')}`, [rights]),
      );
      expect(names.length).toBeGreaterThan(4);
      for (const each of Object.values(rows[0])) expect(each).toEqual(rights.slice(0, 4));
      for (const statement of [
        'CREATE TABLE mine ()',
        `ALTER TABLE ${table} ADD mine int`,
        `DROP TABLE ${table}`,
        `SELECT FROM ${foreign}`,
        'SET session_replication_role = replica',
      ])
        await expect(ask(database.url(schema), statement)).rejects.toThrow(
          /^(permission denied|must be owner)/,
        );
    },
  );

  it.each(['', '/', '/postgres'])('is called "shop" when the URL ends with "%s"', async (path) => {
    const database = await databaseOf({ DATABASE_URL: `postgresql://admin:secret@db.test:5432${path}` });
    expect(new URL(database.url('catalog'))).toMatchObject({
      host: 'db.test:5432',
      pathname: '/shop',
      username: 'shop_catalog_role',
    });
  });

  it('says so when nobody answers there', async () => {
    const database = await databaseOf({ DATABASE_URL: 'postgresql://admin:secret@127.0.0.1:1/shop' });
    await expect(database.start()).rejects.toThrow(
      /DATABASE_URL must be of a PostgreSQL that takes its superuser, but: connect ECONNREFUSED/,
    );
  });

  it('does not empty what is not its own', async () => {
    const client = new pg.Client({ connectionString: databaseUrl(given.url, { database: given.database }) });
    await client.connect();
    await client.query('CREATE TABLE IF NOT EXISTS public.precious AS SELECT 1 AS it');
    const loggerOf = (name: string) => createLogger({ name, level: 'silent' });
    const stack = createStack({ settings: settingsOf(), environment, loggerOf, reset: true });
    await expect(stack.start()).rejects.toThrow(/--reset must not be used with DATABASE_URL/);
    expect((await client.query('SELECT it FROM public.precious')).rows).toEqual([{ it: 1 }]);
    await client.end();
  });

  it('takes no notice of it without a Kafka: it may be the URL of something else', () => {
    expect(settingsOf({ KAFKA_BROKERS: '' }).databaseUrl).toBeUndefined();
    expect(settingsOf().databaseUrl).toBe(given.url);
  });
});
