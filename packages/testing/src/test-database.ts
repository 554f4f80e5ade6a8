import { randomUUID } from 'node:crypto';
import {
  createServiceDatabase,
  databaseUrl,
  restrictDatabase,
  type ServiceRole,
} from '@shop/postgres-server';
import { withClient } from '@shop/service-kit';
import pg from 'pg';

type TestDatabaseOptions = {
  /** Names the migrated state to clone; the same name must mean the same migrations. */
  template: string;
  /**
   * Brings an empty database to that state, as the owner of `schema`. It must have closed its
   * connections when it resolves.
   */
  migrate: (url: string) => Promise<void>;
  schema: string;
};

export type TestDatabase = {
  /** URL of a role that may read and write the rows of the schema and nothing else, as in production. */
  url: string;
  /** URL of the role that owns the schema and migrates it. */
  ownerUrl: string;
  /** Runs one statement as the owner and gives its rows. */
  sql<Row = Record<string, unknown>>(text: string, params?: unknown[]): Promise<Row[]>;
  /** Deletes the database, also while clients are connected. */
  drop(): Promise<void>;
};

const password = 'test';

/**
 * A database of the test's own: a clone of a template that is migrated once per test run, by whichever
 * worker comes first. Needs `TEST_POSTGRES_URL`, which the jest configuration of this package provides.
 */
export async function createTestDatabase(options: TestDatabaseOptions): Promise<TestDatabase> {
  const adminUrl = process.env['TEST_POSTGRES_URL'];
  if (!adminUrl)
    throw new Error('No TEST_POSTGRES_URL: use jestConfig() of @shop/testing without `postgres: false`.');
  const { schema } = options;
  const role = {
    role: `test_${schema}`,
    password,
    schema,
    owner: { role: `test_${schema}_owner`, password },
  };
  const template = `template_${options.template}`;
  const database = `${template}_${randomUUID().slice(0, 8)}`;
  await withClient({ connectionString: adminUrl }, async (admin) => {
    await createTemplateOnce(admin, adminUrl, template, role, options);
    await admin.query(
      `CREATE DATABASE ${pg.escapeIdentifier(database)} TEMPLATE ${pg.escapeIdentifier(template)}`,
    );
    await restrictDatabase(admin, database, [role]);
  });
  const ownerUrl = databaseUrl(adminUrl, { database, ...role.owner });
  const pool = new pg.Pool({ connectionString: ownerUrl, max: 2 });
  // An idle connection that the server cuts is no failure of a test; the next query tells.
  pool.on('error', () => {});
  return {
    url: databaseUrl(adminUrl, { database, role: role.role, password }),
    ownerUrl,
    sql: async (text, params) => (await pool.query(text, params)).rows,
    async drop() {
      await pool.end();
      await withClient({ connectionString: adminUrl }, (admin) => dropDatabase(admin, database));
    },
  };
}

/** The template gets its name only when it is complete, so half of one is never cloned. */
async function createTemplateOnce(
  admin: pg.Client,
  adminUrl: string,
  template: string,
  role: ServiceRole,
  { migrate }: TestDatabaseOptions,
): Promise<void> {
  const unfinished = `${template}_unfinished`;
  await admin.query('SELECT pg_advisory_lock(hashtext($1))', [template]);
  try {
    const { rowCount } = await admin.query('SELECT FROM pg_database WHERE datname = $1', [template]);
    if (rowCount) return;
    await dropDatabase(admin, unfinished);
    await createServiceDatabase(adminUrl, { database: unfinished, roles: [role] });
    await migrate(databaseUrl(adminUrl, { database: unfinished, ...role.owner }));
    await admin.query(
      `ALTER DATABASE ${pg.escapeIdentifier(unfinished)} RENAME TO ${pg.escapeIdentifier(template)}`,
    );
  } catch (error) {
    await dropDatabase(admin, unfinished);
    throw error;
  } finally {
    await admin.query('SELECT pg_advisory_unlock(hashtext($1))', [template]);
  }
}

async function dropDatabase(admin: pg.Client, database: string): Promise<void> {
  await admin.query(`DROP DATABASE IF EXISTS ${pg.escapeIdentifier(database)} WITH (FORCE)`);
}
