import { fileURLToPath } from 'node:url';
import { withClient } from '@shop/service-kit';
import { readMigrationFiles } from 'drizzle-orm/migrator';
import type pg from 'pg';

const migrationsFolder = fileURLToPath(new URL('../../migrations', import.meta.url));

/**
 * Brings the database up to date from drizzle-kit's migrations folder. Several may run at once: a lock lets one
 * work and the others find it done. Drizzle's own runner has no such lock, and wants the right to create schemas.
 */
export async function migrateOrderDatabase(databaseUrl: string): Promise<void> {
  const options = '-c search_path=orders,extensions';
  await withClient({ connectionString: databaseUrl, options }, async (client) => {
    await client.query('BEGIN');
    await client.query(`SELECT pg_advisory_xact_lock(hashtextextended('order_service migrations', 0))`);
    await applyMissing(client);
    await client.query('COMMIT');
  });
}

/** Keeps Drizzle's own record, so that its tools agree on what was applied. */
async function applyMissing(client: pg.Client): Promise<void> {
  await client.query(
    'CREATE TABLE IF NOT EXISTS __drizzle_migrations (id serial PRIMARY KEY, hash text NOT NULL, created_at bigint)',
  );
  const { rows } = await client.query(
    'SELECT coalesce(max(created_at), 0)::bigint AS last FROM __drizzle_migrations',
  );
  const last = Number(rows[0].last);
  for (const migration of readMigrationFiles({ migrationsFolder })) {
    if (migration.folderMillis <= last) continue;
    for (const statement of migration.sql) await client.query(statement);
    await client.query('INSERT INTO __drizzle_migrations (hash, created_at) VALUES ($1, $2)', [
      migration.hash,
      migration.folderMillis,
    ]);
  }
}
