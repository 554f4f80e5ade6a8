import { fileURLToPath } from 'node:url';
import { withClient } from '@shop/service-kit';
import { readMigrationFiles } from 'drizzle-orm/migrator';

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the database up to date from drizzle-kit's migrations folder, all pending ones or none, and keeps Drizzle's own
 * record of it. Several may run at once: a lock lets one work and the others find it done. Drizzle's own runner has no
 * such lock, and wants the right to create schemas.
 */
export async function migrateOrderDatabase(databaseUrl: string): Promise<void> {
  const options = '-c search_path=orders,extensions';
  await withClient({ connectionString: databaseUrl, options }, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('order_service migrations', 0))`);
    await client.query(
      'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
    );
    const { rows } = await client.query('SELECT max(created_at) AS last FROM __drizzle_migrations');
    const pending = readMigrationFiles({ migrationsFolder }).filter(
      ({ folderMillis }) => folderMillis > Number(rows[0].last),
    );
    for (const { sql, hash, folderMillis } of pending) {
      for (const statement of sql) await client.query(statement);
      const record = 'INSERT INTO __drizzle_migrations (hash, created_at) VALUES ($1, $2)';
      await client.query(record, [hash, folderMillis]);
    }
    await client.query('COMMIT');
  });
}
