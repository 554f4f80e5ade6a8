import { randomUUID } from 'node:crypto';
import { databaseUrl } from '@shop/postgres-server';
import pg from 'pg';

/** The name of a database on the tests' PostgreSQL, for a shop that does not run a server of its own. */
export async function givenDatabase() {
  const adminUrl = process.env['TEST_POSTGRES_URL'] ?? '';
  const database = `given_${randomUUID().slice(0, 8)}`;
  return {
    database,
    /** As an operator would write it into DATABASE_URL. */
    url: databaseUrl(adminUrl, { database }),
    /** With the roles of its shop. */
    drop: async () => {
      const admin = new pg.Client({ connectionString: adminUrl });
      await admin.connect();
      await admin.query(`DROP DATABASE IF EXISTS ${database} WITH (FORCE)`);
      const { rows } = await admin.query('SELECT rolname FROM pg_roles WHERE rolname LIKE $1', [
        `${database}\\_%`,
      ]);
      for (const { rolname } of rows) await admin.query(`DROP ROLE ${rolname}`);
      await admin.end();
    },
  };
}
