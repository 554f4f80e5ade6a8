import pg from 'pg';

/** A service's login role and the one schema that it owns. */
type ServiceRole = { role: string; password: string; schema: string };

/**
 * One database in which every service has a schema and a login role of its own, and none can read
 * another's. pg_trgm and unaccent stand in the schema `extensions`, on everybody's search_path.
 *
 * Safe to repeat and to run from several processes at once. Passwords are set to the ones given.
 *
 * @param adminUrl URL of a superuser, to any other database of the server
 */
export async function createServiceDatabase(
  adminUrl: string,
  { database, roles }: { database: string; roles: readonly ServiceRole[] },
): Promise<void> {
  await withClient(adminUrl, async (admin) => {
    await admin.query(`SELECT pg_advisory_lock(hashtext('create service database'))`);
    for (const role of roles) await createRole(admin, role);
    await createDatabase(admin, database);
    await restrictDatabase(admin, database, roles);
    await withClient(databaseUrl(adminUrl, { database }), async (client) => {
      await createExtensions(client);
      for (const role of roles) await createSchema(client, role);
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
  const name = pg.escapeIdentifier(role);
  const { rowCount } = await admin.query('SELECT FROM pg_roles WHERE rolname = $1', [role]);
  if (!rowCount) await admin.query(`CREATE ROLE ${name}`);
  await admin.query(`ALTER ROLE ${name} LOGIN PASSWORD ${pg.escapeLiteral(password)}`);
  await admin.query(`ALTER ROLE ${name} SET search_path = ${pg.escapeIdentifier(schema)}, extensions`);
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
