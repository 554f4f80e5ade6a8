import type pg from 'pg';

/** By which processes on one database know of each other. */
export interface Presence {
  /** From now on, and until {@link leave}, there is somebody of that name; safe to repeat. */
  enter(name: string): Promise<void>;
  isAnybody(name: string): Promise<boolean>;
  leave(): void;
}

/** A shared lock stands for each that is there: it goes with the connection, however the process ends. */
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
    // Taken and given back at once: nobody can take it alone while others share it.
    isAnybody: async (name) => {
      const { rows } = await pool.query(
        'SELECT pg_try_advisory_xact_lock(hashtextextended($1, 0)) AS nobody',
        [name],
      );
      return rows[0]?.nobody !== true;
    },
    leave: () => leave(true),
  };
}
