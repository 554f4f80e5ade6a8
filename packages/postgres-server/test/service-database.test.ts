import { randomUUID } from 'node:crypto';
import { createServiceDatabase, databaseUrl } from '@shop/postgres-server';
import pg from 'pg';

const adminUrl = process.env['TEST_POSTGRES_URL'] as string;
const unique = randomUUID().slice(0, 8);
const database = `service-db ${unique}`;
const users = { role: `users-${unique}`, password: "it's", schema: `users ${unique}` };
const orders = { role: `orders-${unique}`, password: 'b@:/', schema: `orders ${unique}` };
const reader = { role: `reader-${unique}`, password: 'd', schemas: [users.schema] };
const outsider = { role: `outsider-${unique}`, password: 'c', schema: 'outside' };

async function queryAs(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const as = (role: typeof users) => (text: string) =>
  queryAs(databaseUrl(adminUrl, { database, ...role }), text);

beforeAll(async () => {
  await Promise.all(
    [1, 2].map(() => createServiceDatabase(adminUrl, { database, roles: [users, orders], reader })),
  );
  await as(users)('CREATE TABLE secret (hash text)');
});

afterAll(async () => {
  await queryAs(adminUrl, `DROP DATABASE "${database}" WITH (FORCE)`);
  await queryAs(adminUrl, `DROP ROLE "${users.role}", "${orders.role}", "${reader.role}"`);
});

it('puts what a role makes into its own schema', async () => {
  expect(await as(users)(`SELECT schemaname FROM pg_tables WHERE tablename = 'secret'`)).toEqual([
    { schemaname: users.schema },
  ]);
});

it("lets no role see another's schema", async () => {
  await expect(as(orders)(`SELECT * FROM "${users.schema}".secret`)).rejects.toThrow(
    /permission denied for schema/,
  );
  await expect(as(orders)(`CREATE TABLE "${users.schema}".mine ()`)).rejects.toThrow(
    /permission denied for schema/,
  );
  await expect(as(orders)('CREATE TABLE public.mine ()')).rejects.toThrow(/permission denied for schema/);
});

it('lets the reader read what a schema has and will have, and nothing else', async () => {
  const asReader = (text: string) => queryAs(databaseUrl(adminUrl, { database, ...reader }), text);
  const table = `"${users.schema}".secret`;
  expect(await asReader(`SELECT * FROM ${table}`)).toEqual([]);
  await expect(asReader(`INSERT INTO ${table} VALUES ('a')`)).rejects.toThrow(/read-only transaction/);
  const write = `SET TRANSACTION READ WRITE; INSERT INTO ${table} VALUES ('a')`;
  await expect(asReader(write)).rejects.toThrow(/permission denied for table/);
  await expect(asReader(`SELECT * FROM "${orders.schema}".any`)).rejects.toThrow(
    /permission denied for schema/,
  );
});

it('offers pg_trgm and unaccent to every role, and the IF NOT EXISTS of migration tools', async () => {
  await as(orders)(`CREATE SCHEMA IF NOT EXISTS "${orders.schema}"`);
  expect(
    await as(orders)(`SELECT unaccent('Crème') AS plain, similarity('creme', 'creme') AS alike`),
  ).toEqual([{ plain: 'Creme', alike: 1 }]);
});

it('changes nothing when repeated, and lets no other role connect', async () => {
  const elsewhere = `elsewhere ${unique}`;
  await createServiceDatabase(adminUrl, { database: elsewhere, roles: [outsider] });
  await createServiceDatabase(adminUrl, { database, roles: [users, orders], reader });

  expect(await as(users)('SELECT count(*)::int AS n FROM secret')).toEqual([{ n: 0 }]);
  await expect(as(outsider)('SELECT 1')).rejects.toThrow(/permission denied for database/);

  await queryAs(adminUrl, `DROP DATABASE "${elsewhere}" WITH (FORCE)`);
  await queryAs(adminUrl, `DROP ROLE "${outsider.role}"`);
});
