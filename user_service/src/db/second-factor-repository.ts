import type { NewAuditEvent } from '@shop/service-kit';
import type { Sealed } from '../domain/seal.ts';
import { endOthers } from './session-repository.ts';
import { type UserDatabase, withTransaction } from './transaction.ts';

const renewBatch = 500;

export interface SecondFactor extends Sealed {
  readonly isConfirmed: boolean;
  /** The time of the database, by which codes are compared. */
  readonly nowMs: number;
}

export type SecondFactorRepository = ReturnType<typeof createSecondFactorRepository>;

export function createSecondFactorRepository(database: UserDatabase) {
  const { pool } = database;
  const find = async (userId: number): Promise<SecondFactor | undefined> => {
    const { rows } = await pool.query<SecondFactor>({
      name: 'second-factors-find',
      text: `SELECT secret, key_id AS "keyId", confirmed_at IS NOT NULL AS "isConfirmed",
          (extract(epoch FROM now()) * 1000)::float8 AS "nowMs"
        FROM second_factors WHERE user_id = $1`,
      values: [userId],
    });
    return rows[0];
  };

  return {
    find,
    countRecoveryCodes: async (userId: number): Promise<number> => {
      const { rows } = await pool.query<{ count: number }>(
        'SELECT count(*)::int AS count FROM recovery_codes WHERE user_id = $1',
        [userId],
      );
      return rows[0]?.count ?? 0;
    },
    /** Replaces one that was not confirmed. @returns false when there is one that is */
    propose: async (userId: number, { secret, keyId }: Sealed): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `INSERT INTO second_factors AS present (user_id, secret, key_id) VALUES ($1, $2, $3)
         ON CONFLICT (user_id) DO UPDATE SET secret = excluded.secret, key_id = excluded.key_id, last_step = 0
         WHERE present.confirmed_at IS NULL`,
        [userId, secret, keyId],
      );
      return rowCount === 1;
    },
    /**
     * Confirms the one with this secret, by the code of a step, and ends the other sessions.
     * @returns false, with nothing done, when it is another by now, or confirmed
     */
    confirm: (
      userId: number,
      { secret }: Sealed,
      step: number,
      codeHashes: readonly Buffer[],
      sid: string | undefined,
      event: NewAuditEvent,
    ): Promise<boolean> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        const { rowCount } = await client.query(
          `UPDATE second_factors SET confirmed_at = now(), last_step = $3
           WHERE user_id = $1 AND secret = $2 AND confirmed_at IS NULL`,
          [userId, secret, step],
        );
        if (rowCount !== 1) return false;
        const add = 'INSERT INTO recovery_codes (user_id, hash) SELECT $1, unnest($2::bytea[])';
        await client.query(add, [userId, codeHashes]);
        await client.query(endOthers, [userId, sid]);
        await addAuditEvent(event);
        return true;
      }),
    /** Takes a code, once. @returns false when it, or a later one, was taken before */
    takeStep: async (userId: number, step: number): Promise<boolean> => {
      const { rowCount } = await pool.query(
        'UPDATE second_factors SET last_step = $2 WHERE user_id = $1 AND last_step < $2',
        [userId, step],
      );
      return rowCount === 1;
    },
    /** @returns false when there is no such code, or it was used */
    takeRecoveryCode: async (userId: number, hash: Buffer): Promise<boolean> => {
      const { rowCount } = await pool.query('DELETE FROM recovery_codes WHERE user_id = $1 AND hash = $2', [
        userId,
        hash,
      ]);
      return rowCount === 1;
    },
    /** @returns false when there was none */
    remove: (userId: number, event: NewAuditEvent): Promise<boolean> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        const { rowCount } = await client.query('DELETE FROM second_factors WHERE user_id = $1', [userId]);
        if (rowCount === 1) await addAuditEvent(event);
        return rowCount === 1;
      }),
    /** Encrypts some of those with these keys again. @returns whether there may be more */
    renew: async (
      keyIds: readonly string[],
      renewed: (userId: number, old: Sealed) => Sealed,
    ): Promise<boolean> => {
      const { rows } = await pool.query<Sealed & { userId: number }>(
        `SELECT user_id AS "userId", secret, key_id AS "keyId" FROM second_factors
         WHERE key_id = ANY($1) LIMIT ${renewBatch}`,
        [keyIds],
      );
      const all = rows.map(({ userId, ...old }) => ({ userId, old, next: renewed(userId, old) }));
      await pool.query(
        `UPDATE second_factors AS present SET secret = next.secret, key_id = next.key_id
         FROM unnest($1::int[], $2::bytea[], $3::bytea[], $4::text[]) AS next (user_id, old, secret, key_id)
         WHERE present.user_id = next.user_id AND present.secret = next.old`,
        [
          all.map(({ userId }) => userId),
          all.map(({ old }) => old.secret),
          all.map(({ next }) => next.secret),
          all.map(({ next }) => next.keyId),
        ],
      );
      return rows.length === renewBatch;
    },
  };
}
