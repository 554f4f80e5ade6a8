import pg from 'pg';

/** A service's login role and the one schema that it owns. */
type ServiceRole = { role: string; password: string; schema: string };

/** A login role that may read some of these schemas, and nothing else. */
type ReaderRole = { role: string; password: string; schemas: readonly string[] };

/**
 * One database in which every service has a schema and a login role of its own, and none can read
 * another's; a reader may read what it names, also what is made there later. pg_trgm and unaccent stand in the schema
 * `extensions`, on everybody's search_path.
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
    for (const role of roles) await createRole(admin, role);
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
  roles: readonly Pick<ServiceRole, 'role'>[],
): Promise<void> {
  const name = pg.escapeIdentifier(database);
  await admin.query(`REVOKE ALL ON DATABASE ${name} FROM PUBLIC`);
  for (const { role } of roles) {
    // CREATE, because migration tools say CREATE SCHEMA IF NOT EXISTS, which needs it even if it exists.
    await admin.query(`GRANT CONNECT, CREATE ON DATABASE ${name} TO ${pg.escapeIdentifier(role)}`);
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

async function createRole(admin: pg.Client, { role, password, schema }: ServiceRole): Promise<void> {
  const name = await createLogin(admin, role, password);
  await admin.query(`ALTER ROLE ${name} SET search_path = ${pg.escapeIdentifier(schema)}, extensions`);
}

async function createReader(admin: pg.Client, { role, password }: ReaderRole): Promise<void> {
  const name = await createLogin(admin, role, password);
  await admin.query(`ALTER ROLE ${name} SET default_transaction_read_only = on`);
}

/** @returns the role's name, quoted. */
async function createLogin(admin: pg.Client, role: string, password: string): Promise<string> {
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
  for (const { role, schema } of roles.filter((owner) => reader.schemas.includes(owner.schema))) {
    const [read, owner] = [pg.escapeIdentifier(schema), pg.escapeIdentifier(role)];
    await client.query(`
      GRANT USAGE ON SCHEMA ${read} TO ${name};
      GRANT SELECT ON ALL TABLES IN SCHEMA ${read} TO ${name};
      ALTER DEFAULT PRIVILEGES FOR ROLE ${owner} IN SCHEMA ${read} GRANT SELECT ON TABLES TO ${name};
    `);
  }
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

async function createSchema(client: pg.Client, { role, schema }: ServiceRole): Promise<void> {
  const [name, owner] = [pg.escapeIdentifier(schema), pg.escapeIdentifier(role)];
  await client.query(`
    CREATE SCHEMA IF NOT EXISTS ${name};
    ALTER SCHEMA ${name} OWNER TO ${owner};
    REVOKE ALL ON SCHEMA ${name} FROM PUBLIC;
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
