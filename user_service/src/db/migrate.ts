import { fileURLToPath } from 'node:url';
import { violates, withClient } from '@shop/service-kit';
import { runner } from 'node-pg-migrate';
import type pg from 'pg';
import { canonicalEmail } from '../domain/email.ts';
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
    await fillCanonicalEmails(client);
  });
}

/**
 * Gives the accounts of the previous release their canonical emails, from the oldest to the newest: of several with the same
 * one, that which is written so has it, else the oldest. The others keep what they have, and are found by it alone. In
 * ASCII both are the same, so that there is nothing to do.
 */
async function fillCanonicalEmails(client: pg.Client): Promise<void> {
  const { rows } = await client.query<{ id: number; email: string }>(
    `SELECT id, email FROM ${schema}.users WHERE canonical_email IS NULL AND email ~ '[^\\x01-\\x7f]' ORDER BY id`,
  );
  for (const { id, email } of rows) {
    await client
      .query(`UPDATE ${schema}.users SET canonical_email = $1 WHERE id = $2`, [canonicalEmail(email), id])
      .catch((error) => {
        if (!violates(error, 'users_canonical_email_key')) throw error;
      });
  }
}
