import { fileURLToPath } from 'node:url';
import { withClient } from '@shop/service-kit';
import { runner } from 'node-pg-migrate';
import { schema } from './schema.ts';

const migrations = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the database to the newest migration, all pending ones or none. Any number may run at the same
 * moment: one works, the others wait for it and find nothing left to do.
 */
export async function migrateUserDatabase(databaseUrl: string): Promise<void> {
  const application_name = 'user_service migrations';
  await withClient({ connectionString: databaseUrl, application_name }, async (client) => {
    // node-pg-migrate only tries its own lock, and fails when another holds it. This one waits, and ends with
    // the connection.
    await client.query(`SELECT pg_advisory_lock(hashtext('user_service migrations'))`);
    await runner({
      dbClient: client,
      dir: migrations,
      direction: 'up',
      schema,
      migrationsTable: 'pgmigrations',
      singleTransaction: true,
      noLock: true,
      log: () => {},
    });
  });
}
