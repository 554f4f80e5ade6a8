import type pg from 'pg';

/** How the processes on one database know which others are running. */
export interface Presence {
  /** A process of that name is present from now on, until {@link leave}; safe to repeat. */
  enter(name: string): Promise<void>;
  isPresent(name: string): Promise<boolean>;
  leave(): void;
}

/** Each process holds a shared lock: it ends with the connection, however the process ends. */
export function createPresence(pool: pg.Pool): Presence {
  let held: pg.PoolClient | undefined;

  function leave(broken: Error | boolean): void {
    held?.removeListener('error', leave);
    held?.release(broken);
    held = undefined;
  }

  return {
    enter: async (name) => {
      if (held !== undefined) return;
      const client = await pool.connect();
      held = client;
      client.on('error', leave);
      try {
        await client.query('SELECT pg_advisory_lock_shared(hashtextextended($1, 0))', [name]);
      } catch (error) {
        leave(true);
        throw error;
      }
    },
    // Taken and released at once: it cannot be taken exclusively while others share it.
    isPresent: async (name) => {
      const { rows } = await pool.query(
        'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS absent',
        [name],
      );
      return rows[0]?.absent !== true;
    },
    leave: () => leave(true),
  };
}
