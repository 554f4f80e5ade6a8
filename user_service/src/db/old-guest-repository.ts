import type pg from 'pg';

export type OldGuestRepository = ReturnType<typeof createOldGuestRepository>;

/** So many at a time. */
export const oldGuestBatch = 500;

/**
 * Guests of whom it is not known that they have orders, and whose tokens have expired: for an hour, so that no service
 * whose clock is wrong takes one any more.
 */
const isOldGuest = `role = 'guest' AND NOT has_orders
  AND created_at < now() - make_interval(days => $1, hours => 1)
  AND created_at < now() - make_interval(days => coalesce(guest_days, 0), hours => 1)`;

/** @param guestDays how long the tokens of guests are valid, where it was not noted */
export function createOldGuestRepository(pool: pg.Pool, guestDays: number) {
  return {
    /** The ids of some, the oldest first. */
    find: async (): Promise<number[]> => {
      const { rows } = await pool.query<{ id: number }>(
        `SELECT id FROM users WHERE ${isOldGuest} ORDER BY created_at, id LIMIT $2`,
        [guestDays, oldGuestBatch],
      );
      return rows.map(({ id }) => id);
    },
    /** They are not found any more. */
    keep: async (ids: readonly number[]): Promise<void> => {
      await pool.query(`UPDATE users SET has_orders = true WHERE ${isOldGuest} AND id = ANY ($2)`, [
        guestDays,
        ids,
      ]);
    },
    /** For how long the oldest might have been deleted; 0 without any. */
    oldestWaitSeconds: async (): Promise<number> => {
      const { rows } = await pool.query<{ seconds: number }>(
        `SELECT extract(epoch FROM now() - created_at
           - make_interval(days => greatest($1, coalesce(guest_days, 0)), hours => 1))::float8 AS seconds
         FROM users WHERE ${isOldGuest} ORDER BY created_at, id LIMIT 1`,
        [guestDays],
      );
      return rows[0]?.seconds ?? 0;
    },
    /** With all that is theirs. */
    remove: async (ids: readonly number[]): Promise<void> => {
      await pool.query(`DELETE FROM users WHERE ${isOldGuest} AND id = ANY ($2)`, [guestDays, ids]);
    },
  };
}
