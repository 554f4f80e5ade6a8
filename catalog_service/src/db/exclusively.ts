import type pg from 'pg';

/**
 * Runs work that only one process may do at a time; undefined, and nothing done, while another does it. Another may
 * have begun once the signal says that the right to do it was lost.
 */
export type Exclusively = <T>(work: (lost: AbortSignal) => Promise<T>) => Promise<T | undefined>;

/** The lock is a connection's: it goes with it, however the process ends. */
export function createExclusively(pool: pg.Pool, name: string): Exclusively {
  return async (work) => {
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
      // One that could not unlock must not live on with the lock.
      client.release(broken);
    }
  };
}
