import type pg from 'pg';

/** {@link withAdvisoryLock} on a lock that has been chosen already. */
export type WithLock = <T>(work: (lost: AbortSignal) => Promise<T>) => Promise<T | undefined>;

/**
 * Runs work that only one process may do at a time. Returns undefined, and does nothing, while another process has the
 * lock. When the signal aborts, the lock is lost and another process may have begun. The lock belongs to a connection:
 * it ends with it, however the process ends.
 */
export async function withAdvisoryLock<T>(
  pool: pg.Pool,
  name: string,
  work: (lost: AbortSignal) => Promise<T>,
): Promise<T | undefined> {
  const client = await pool.connect();
  const lost = new AbortController();
  let broken: Error | undefined;
  const onError = (error: Error) => {
    broken = error;
    lost.abort(new Error(`lost the lock "${name}"`, { cause: error }));
  };
  client.on('error', onError);
  try {
    const { rows } = await client.query('SELECT pg_try_advisory_lock(hashtextextended($1, 0)) AS taken', [
      name,
    ]);
    if (rows[0]?.taken !== true) return undefined;
    try {
      return await work(lost.signal);
    } finally {
      await client.query('SELECT pg_advisory_unlock(hashtextextended($1, 0))', [name]).catch((error) => {
        broken = error;
      });
    }
  } finally {
    client.removeListener('error', onError);
    // A connection that could not unlock is closed, or it would keep the lock.
    client.release(broken);
  }
}
