import { randomUUID } from 'node:crypto';
import { createServiceDatabase, databaseUrl } from '@shop/postgres-server';
import pg from 'pg';

const adminUrl = process.env['TEST_POSTGRES_URL'] as string;
const unique = randomUUID().slice(0, 8);
const database = `service-db ${unique}`;
const owned = (name: string, password: string) => ({
  role: `${name}-${unique}`,
  password,
  schema: `${name} ${unique}`,
  owner: { role: `${name}-owner-${unique}`, password },
});
const users = owned('users', "it's");
const orders = owned('orders', 'b@:/');
const reader = { role: `reader-${unique}`, password: 'd', schemas: [users.schema] };
const outsider = owned('outsider', 'c');

async function queryAs(url: string, text: string): Promise<Record<string, unknown>[]> {
  const client = new pg.Client({ connectionString: url });
  await client.connect();
  try {
    return (await client.query(text)).rows;
  } finally {
    await client.end();
  }
}

const as =
  ({ role, password }: { role: string; password: string }) =>
  (text: string) =>
    queryAs(databaseUrl(adminUrl, { database, role, password }), text);
const rolesOf = (...services: (typeof users)[]) =>
  services.map(({ role, owner }) => `"${role}", "${owner.role}"`).join(', ');

beforeAll(async () => {
  await Promise.all(
    [1, 2].map(() => createServiceDatabase(adminUrl, { database, roles: [users, orders], reader })),
  );
  await as(users.owner)(
    'CREATE TABLE secret (id bigint GENERATED ALWAYS AS IDENTITY, number serial, hash text)',
  );
});

afterAll(async () => {
  await queryAs(adminUrl, `DROP DATABASE "${database}" WITH (FORCE)`);
  await queryAs(adminUrl, `DROP ROLE ${rolesOf(users, orders)}, "${reader.role}"`);
});

it('puts what an owner makes into its own schema', async () => {
  expect(await as(users)(`SELECT schemaname FROM pg_tables WHERE tablename = 'secret'`)).toEqual([
    { schemaname: users.schema },
  ]);
});

it("lets no role see another's schema", async () => {
  await expect(as(orders)(`SELECT * FROM "${users.schema}".secret`)).rejects.toThrow(
    /permission denied for schema/,
  );
  for (const role of [orders, orders.owner]) {
    await expect(as(role)(`CREATE TABLE "${users.schema}".mine ()`)).rejects.toThrow(
      /permission denied for schema/,
    );
    await expect(as(role)('CREATE TABLE public.mine ()')).rejects.toThrow(/permission denied for schema/);
  }
});

it('lets a service read and write rows of what its owner has made, and use its sequences', async () => {
  await as(users)(`INSERT INTO secret (hash) VALUES ('a'), ('b')`);
  await as(users)(`UPDATE secret SET hash = 'c' WHERE id = 1`);
  await as(users)('DELETE FROM secret WHERE id = 2');
  expect(await as(users)('SELECT id::int, number, hash FROM secret FOR UPDATE')).toEqual([
    { id: 1, number: 1, hash: 'c' },
  ]);
  await as(users)('DELETE FROM secret');
});

it.each([
  'CREATE TABLE mine ()',
  'CREATE TEMP TABLE mine ()',
  'CREATE SCHEMA mine',
  'CREATE FUNCTION mine() RETURNS int LANGUAGE sql RETURN 1',
  'CREATE INDEX ON secret (hash)',
  'CREATE TRIGGER mine BEFORE DELETE ON secret EXECUTE FUNCTION suppress_redundant_updates_trigger()',
  'ALTER TABLE secret ADD mine int',
  'ALTER TABLE secret DISABLE TRIGGER ALL',
  'TRUNCATE secret',
  'DROP TABLE secret',
  `DROP SCHEMA "${users.schema}" CASCADE`,
  'SET session_replication_role = replica',
  `SET ROLE "${users.owner.role}"`,
])('refuses a service: %s', async (statement) => {
  await expect(as(users)(statement)).rejects.toThrow(/^(permission denied|must be owner)/);
});

it('takes what a service owned in an earlier release from it, and keeps the rows', async () => {
  const earlier = owned('earlier', 'e');
  await createServiceDatabase(adminUrl, { database, roles: [earlier] });
  const asAdmin = (text: string) => queryAs(databaseUrl(adminUrl, { database }), text);
  await asAdmin(`ALTER SCHEMA "${earlier.schema}" OWNER TO "${earlier.role}"`);
  await asAdmin(`GRANT CREATE ON DATABASE "${database}" TO "${earlier.role}"`);
  await as(earlier)('CREATE TABLE old AS SELECT 1 AS n');

  await createServiceDatabase(adminUrl, { database, roles: [earlier] });

  await expect(as(earlier)('DROP TABLE old')).rejects.toThrow(/must be owner/);
  await expect(as(earlier)('CREATE SCHEMA mine')).rejects.toThrow(/permission denied for database/);
  await as(earlier)('INSERT INTO old VALUES (2)');
  await as(earlier.owner)('ALTER TABLE old ADD m int');
  expect(await as(earlier)('SELECT n FROM old ORDER BY n')).toEqual([{ n: 1 }, { n: 2 }]);
  await asAdmin(`DROP OWNED BY ${rolesOf(earlier)} CASCADE`);
  await queryAs(adminUrl, `DROP ROLE ${rolesOf(earlier)}`);
});

it('lets the reader read what a schema has and will have, and nothing else', async () => {
  const asReader = (text: string) => queryAs(databaseUrl(adminUrl, { database, ...reader }), text);
  const table = `"${users.schema}".secret`;
  expect(await asReader(`SELECT * FROM ${table}`)).toEqual([]);
  await expect(asReader(`INSERT INTO ${table} (hash) VALUES ('a')`)).rejects.toThrow(/read-only transaction/);
  const write = `SET TRANSACTION READ WRITE; INSERT INTO ${table} (hash) VALUES ('a')`;
  await expect(asReader(write)).rejects.toThrow(/permission denied for table/);
  await expect(asReader(`SELECT * FROM "${orders.schema}".any`)).rejects.toThrow(
    /permission denied for schema/,
  );
});

it('offers pg_trgm and unaccent to every role, and the IF NOT EXISTS of migration tools', async () => {
  await as(orders.owner)(`CREATE SCHEMA IF NOT EXISTS "${orders.schema}"`);
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
  await queryAs(adminUrl, `DROP ROLE ${rolesOf(outsider)}`);
});
