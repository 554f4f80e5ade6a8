import { randomUUID } from 'node:crypto';
import { createTestDatabase } from '@shop/testing';
import pg from 'pg';

const schema = 'garden';

async function run(url: string, text: string) {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const migrate = (url: string) => run(url, 'CREATE TABLE plants (name text)').then(() => {});
const databases = (pattern: string) =>
  run(
    process.env['TEST_POSTGRES_URL'] as string,
    `SELECT datname FROM pg_database WHERE datname LIKE '${pattern}'`,
  );

it('migrates once, however many ask at the same time, and clones share nothing', async () => {
  const template = randomUUID();
  let migrations = 0;
  const counted = (url: string) => {
    migrations++;
    return migrate(url);
  };
  const create = () => createTestDatabase({ template, migrate: counted, schema });
  const [a, b] = await Promise.all([create(), create()]);

  await a.sql('INSERT INTO plants VALUES ($1)', ['rose']);

  expect(migrations).toBe(1);
  expect(await a.sql('SELECT name FROM plants')).toEqual([{ name: 'rose' }]);
  expect(await b.sql('SELECT name FROM plants')).toEqual([]);
  await Promise.all([a.drop(), b.drop()]);
  expect(await databases(`template_${template}_%`)).toEqual([]);
});

it('gives the permissions of production: rows of its own schema, extensions, nothing public', async () => {
  const database = await createTestDatabase({ template: 'garden', migrate, schema });
  expect(await database.sql(`SELECT current_schema, unaccent('Rosé') AS plain`)).toEqual([
    { current_schema: schema, plain: 'Rose' },
  ]);
  expect(await run(database.url, 'SELECT name FROM plants')).toEqual([]);
  await expect(run(database.url, 'ALTER TABLE plants ADD height int')).rejects.toThrow('must be owner');
  await expect(database.sql('CREATE TABLE public.weeds ()')).rejects.toThrow('permission denied');
  await expect(database.sql('CREATE TEMP TABLE weeds ()')).rejects.toThrow('permission denied');
  await database.drop();
});

it('drops a database that somebody still uses', async () => {
  const database = await createTestDatabase({ template: 'garden', migrate, schema });
  const client = new pg.Client({ connectionString: database.url });
  const cut = new Promise((resolve) => client.on('error', resolve));
  await client.connect();

  await database.drop();

  expect(await cut).toBeInstanceOf(Error);
});

it('leaves nothing of a template whose migration failed, and tries again', async () => {
  const template = randomUUID();
  const failing = (url: string) => run(url, 'CREATE TABLE plants (); SELECT 1/0').then(() => {});

  await expect(createTestDatabase({ template, migrate: failing, schema })).rejects.toThrow(
    'division by zero',
  );
  expect(await databases(`template_${template}%`)).toEqual([]);

  const database = await createTestDatabase({ template, migrate, schema });
  expect(await database.sql('SELECT * FROM plants')).toEqual([]);
  await database.drop();
});
