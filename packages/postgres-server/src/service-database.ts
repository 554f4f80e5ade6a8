import pg from 'pg';

type Login = { role: string; password: string };

/** A service's login role, its one schema, and the login role that owns the schema and migrates it. */
export type ServiceRole = Login & { schema: string; owner: Login };

/** A login role that may read some of these schemas, and nothing else. */
type ReaderRole = Login & { schemas: readonly string[] };

/**
 * One database in which every service has a schema and a login role of its own, and none can read
 * another's. The role may read and write rows, and change nothing else: tables are made by the schema's owner. A reader
 * may read what it names. Both also hold for what is made there later. pg_trgm and unaccent stand in the schema
 * `extensions`, on every role's search_path.
 *
 * Safe to repeat and to run from several processes at once. Passwords are set to the ones given.
 *
 * @param adminUrl URL of a superuser, to any other database of the server
 */
export async function createServiceDatabase(
  adminUrl: string,
  options: { database: string; roles: readonly ServiceRole[]; reader?: ReaderRole },
): Promise<void> {
  const { database, roles, reader } = options;
  await withClient(adminUrl, async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(hashtext('create service database'))`);
    for (const role of roles) await createRoles(admin, role);
    if (reader !== undefined) await createReader(admin, reader);
    await createDatabase(admin, database);
    await restrictDatabase(admin, database, roles);
    await withClient(databaseUrl(adminUrl, { database }), async (client) => {
      await createExtensions(client);
      for (const role of roles) await createSchema(client, role);
      if (reader !== undefined) await grantReading(client, database, reader, roles);
    });
  });
}

/**
 * Lets only these roles connect to a database. PostgreSQL does not copy this with a template,
 * so a clone needs it again.
 */
export async function restrictDatabase(
  admin: pg.ClientBase,
  database: string,
  roles: readonly { role: string; owner: Pick<Login, 'role'> }[],
): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  for (const { role, owner } of roles) {
    // The owner may CREATE, because migration tools say CREATE SCHEMA IF NOT EXISTS, which needs it even if it exists.
    await admin.query(`
      REVOKE ALL ON DATABASE ${name} FROM ${pg.escapeIdentifier(role)};
      GRANT CONNECT ON DATABASE ${name} TO ${pg.escapeIdentifier(role)};
      GRANT CONNECT, CREATE ON DATABASE ${name} TO ${pg.escapeIdentifier(owner.role)};
    `);
  }
}

/** The same server's URL with another database, and with another user if one is given. */
export function databaseUrl(
  adminUrl: string,
  { database, role, password }: { database: string; role?: string; password?: string },
): string {
  const url = new URL(adminUrl);
  url.pathname = `/${encodeURIComponent(database)}`;
  if (role !== undefined) url.username = encodeURIComponent(role);
  if (password !== undefined) url.password = encodeURIComponent(password);
  return url.href;
}

async function createRoles(admin: pg.Client, { schema, owner, ...login }: ServiceRole): Promise<void> {
  const names = [await createLogin(admin, login), await createLogin(admin, owner)];
  for (const name of names)
    await admin.query(`ALTER ROLE ${name} SET search_path = ${pg.escapeIdentifier(schema)}, extensions`);
  // Who may change a table may also end what holds it.
  await admin.query(`GRANT ${names[0]} TO ${names[1]}`);
}

async function createReader(admin: pg.Client, reader: ReaderRole): Promise<void> {
  const name = await createLogin(admin, reader);
  await admin.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
}

/** @returns the role's name, quoted. */
async function createLogin(admin: pg.Client, { role, password }: Login): Promise<string> {
  const name = pg.escapeIdentifier(role);
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (!rowCount) await admin.query(`CREATE ROLE ${name}`);
  await admin.query(`ALTER ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  return name;
}

async function grantReading(
  client: pg.Client,
  database: string,
  reader: ReaderRole,
  roles: readonly ServiceRole[],
): Promise<void> {
  const name = pg.escapeIdentifier(reader.role);
  await client.query(`GRANT CONNECT ON DATABASE ${pg.escapeIdentifier(database)} TO ${name}`);
  for (const { schema, owner } of roles.filter((role) => reader.schemas.includes(role.schema)))
    await grantUse(client, name, { schema, owner, onTables: 'SELECT' });
}

/** Of what is in a schema, and of what its owner will make there. */
async function grantUse(
  client: pg.Client,
  grantee: string,
  { schema, owner, onTables }: Pick<ServiceRole, 'schema' | 'owner'> & { onTables: string },
): Promise<void> {
  const [name, maker] = [pg.escapeIdentifier(schema), pg.escapeIdentifier(owner.role)];
  await client.query(`
    GRANT USAGE ON SCHEMA ${name} TO ${grantee};
    GRANT ${onTables} ON ALL TABLES IN SCHEMA ${name} TO ${grantee};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} IN SCHEMA ${name} GRANT ${onTables} ON TABLES TO ${grantee};
  `);
}

async function createDatabase(admin: pg.Client, database: string): Promise<void> {
  const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [database]);
  if (!rowCount) await admin.query(`CREATE DATABASE ${pg.escapeIdentifier(database)}`);
}

async function createExtensions(client: pg.Client): Promise<void> {
  await client.query(`
    REVOKE ALL ON SCHEMA public FROM PUBLIC;
    CREATE SCHEMA IF NOT EXISTS extensions;
    GRANT USAGE ON SCHEMA extensions TO PUBLIC;
    CREATE EXTENSION IF NOT EXISTS pg_trgm SCHEMA extensions;
    CREATE EXTENSION IF NOT EXISTS unaccent SCHEMA extensions;
  `);
}

async function createSchema(client: pg.Client, { role, schema, owner }: ServiceRole): Promise<void> {
  const [name, user, maker] = [schema, role, owner.role].map((each) => pg.escapeIdentifier(each));
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${name};
    ALTER SCHEMA ${name} OWNER TO ${maker};
    REVOKE ALL ON SCHEMA ${name} FROM PUBLIC;
  `);
  // In earlier releases a service owned its schema.
  await client.query(`REASSIGN OWNED BY ${user} TO ${maker}`);
  await grantUse(client, `${user}`, { schema, owner, onTables: 'SELECT, INSERT, UPDATE, DELETE' });
  await client.query(`
    GRANT USAGE, SELECT ON ALL SEQUENCES IN SCHEMA ${name} TO ${user};
    ALTER DEFAULT PRIVILEGES FOR ROLE ${maker} IN SCHEMA ${name} GRANT USAGE, SELECT ON SEQUENCES TO ${user};
  `);
}

async function withClient(url: string, work: (client: pg.Client) => Promise<void>): Promise<void> {
  const client = new pg.Client({ connectionString: url });
  // A connection that breaks rejects its statement; as an event without a listener it would end the process too.
  client.on('error', () => {});
  await client.connect();
  try {
    await work(client);
  } finally {
    await client.end();
  }
}
