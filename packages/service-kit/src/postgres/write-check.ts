import type pg from 'pg';

/**
 * As one message, thus in one transaction and one round trip. The series is beyond `work_mem`, so it goes to a temporary
 * file: a full disk refuses it as it refuses new rows. The message goes to the write-ahead log, and its commit has to be
 * on the disk. Nothing of either stays.
 */
const tryToWrite = `
  SET LOCAL work_mem = '64kB';
  SELECT current_setting('transaction_read_only')::bool AS "readOnly", count(n),
    pg_logical_emit_message(true, 'readiness', '')
  FROM generate_series(1, 5000) AS n`;

/**
 * Whether a database can do its work, for the readiness of a service: it writes, and leaves nothing behind.
 * @throws what PostgreSQL says when it does not answer, takes no writes, or has no space left
 */
export async function checkWrites(pool: pg.Pool): Promise<void> {
  const results = (await pool.query(tryToWrite)) as unknown as readonly pg.QueryResult[];
  if (results.at(-1)?.rows[0].readOnly) throw new Error('The database is read-only.');
}
