import type { NewAuditEvent } from '@shop/service-kit';
import { type UserDatabase, withTransaction } from './transaction.ts';

export type ErasureRepository = ReturnType<typeof createErasureRepository>;

/** So many at a time. */
export const erasureBatch = 20;

/** After it no access token of a session that has ended is valid, whatever the clocks of services say. */
const tokenMinutes = 20;
const afterTokens = `now() + make_interval(mins => ${tokenMinutes})`;

/** Of users who have had their accounts deleted. */
export function createErasureRepository(database: UserDatabase) {
  const { pool } = database;
  return {
    /**
     * Erases all that is known of a user here but the id, which order_service has still to be told.
     * @param passwordHash as it was compared; null of a guest
     * @returns false, with nothing done, when it has been changed meanwhile
     */
    erase: (id: number, passwordHash: string | null, event: NewAuditEvent): Promise<boolean> =>
      withTransaction(database, async ({ client, addMails, addAuditEvent }) => {
        const { rows } = await client.query<{ email: string | null }>(
          `SELECT email FROM users WHERE id = $1 AND forget_after IS NULL
             AND password_hash IS NOT DISTINCT FROM $2 FOR UPDATE`,
          [id, passwordHash],
        );
        if (rows[0] === undefined) return false;
        // `has_orders` keeps it from being deleted as an old guest, before order_service has forgotten the orders.
        await client.query(
          `UPDATE users SET role = 'guest', username = NULL, email = NULL, canonical_email = NULL,
             verified_email = NULL, password_hash = NULL, has_orders = true, erased_at = now(), forget_after = ${afterTokens}
           WHERE id = $1`,
          [id],
        );
        for (const table of ['sessions', 'second_factors', 'addresses', 'mail_tokens', 'mails', 'api_keys'])
          await client.query(`DELETE FROM ${table} WHERE user_id = $1`, [id]);
        const { email } = rows[0];
        if (email !== null) await addMails([{ kind: 'account-deleted', userId: null, recipient: email }]);
        await addAuditEvent(event);
        return true;
      }),
    /** The ids of some of whom no token is valid any more. */
    find: async (): Promise<number[]> => {
      const { rows } = await pool.query<{ id: number }>(
        `SELECT id FROM users WHERE forget_after <= now() ORDER BY forget_after LIMIT ${erasureBatch}`,
      );
      return rows.map(({ id }) => id);
    },
    /** They are found again later. */
    postpone: async (ids: readonly number[]): Promise<void> => {
      await pool.query(
        `UPDATE users SET forget_after = ${afterTokens}, erased_at = coalesce(erased_at, forget_after)
         WHERE id = ANY ($1) AND forget_after IS NOT NULL`,
        [ids],
      );
    },
    /** How long ago the oldest of them was deleted; 0 without any. */
    oldestWaitSeconds: async (): Promise<number> => {
      const { rows } = await pool.query<{ seconds: number | null }>(
        `SELECT extract(epoch FROM now() - min(coalesce(erased_at, forget_after)))::float8 AS seconds
         FROM users WHERE forget_after IS NOT NULL`,
      );
      return Math.max(0, rows[0]?.seconds ?? 0);
    },
    remove: async (ids: readonly number[]): Promise<void> => {
      await pool.query('DELETE FROM users WHERE id = ANY ($1) AND forget_after IS NOT NULL', [ids]);
    },
  };
}
