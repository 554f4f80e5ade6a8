import type pg from 'pg';
import { type LinkPurpose, linkSeconds, type MailKind } from '../domain/mail.ts';
import { comparedEmail } from './user-repository.ts';

export type MailRepository = ReturnType<typeof createMailRepository>;

/** A mail whose turn it is. */
export interface DueMail {
  readonly id: string;
  readonly kind: MailKind;
  readonly userId: number | null;
  readonly recipient: string | null;
  /** The one that now begins included. */
  readonly tries: number;
}

/** So many at a time. */
export const mailBatch = 10;
/** Longer than one try takes: after it, another instance may believe that this one has died. */
const claimedSeconds = 120;
/** For operators: who was sent what kind of mail when. */
const keptDays = 30;
const purgeBatch = 1_000;

/** Mails that wait. Times are the database's. */
export function createMailRepository(pool: pg.Pool) {
  return {
    /** Takes some that are due, for this process alone until the try is over. */
    claim: async (): Promise<DueMail[]> => {
      const { rows } = await pool.query<DueMail>(
        `UPDATE mails SET tries = tries + 1, next_try_at = now() + make_interval(secs => ${claimedSeconds})
         WHERE id IN (SELECT id FROM mails WHERE next_try_at <= now()
           ORDER BY next_try_at LIMIT ${mailBatch} FOR UPDATE SKIP LOCKED)
         RETURNING id, kind, user_id AS "userId", recipient, tries`,
      );
      return rows;
    },
    /**
     * Keeps the hash of a token for the link of a mail.
     * @returns false when the mail has become pointless: its user has another email by now, or has verified it
     */
    addToken: async (purpose: LinkPurpose, mail: DueMail, tokenHash: Buffer): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `INSERT INTO mail_tokens (hash, purpose, user_id, compared_email, expires_at)
         SELECT $1, $2, id, ${comparedEmail}, now() + make_interval(secs => $5) FROM users
         WHERE id = $3 AND email = $4
           AND ($2 <> 'email-verification' OR verified_email IS DISTINCT FROM ${comparedEmail})`,
        [tokenHash, purpose, mail.userId, mail.recipient, linkSeconds[purpose]],
      );
      return rowCount === 1;
    },
    markSent: async (id: string): Promise<void> => {
      await pool.query(
        'UPDATE mails SET sent_at = now(), next_try_at = NULL, recipient = NULL WHERE id = $1',
        [id],
      );
    },
    tryLater: async (id: string, seconds: number): Promise<void> => {
      await pool.query('UPDATE mails SET next_try_at = now() + make_interval(secs => $2) WHERE id = $1', [
        id,
        seconds,
      ]);
    },
    giveUp: async (id: string): Promise<void> => {
      await pool.query('UPDATE mails SET next_try_at = NULL, recipient = NULL WHERE id = $1', [id]);
    },
    remove: async (id: string): Promise<void> => {
      await pool.query('DELETE FROM mails WHERE id = $1', [id]);
    },
    /** How long the oldest mail has waited; 0 without any. */
    oldestWaitSeconds: async (): Promise<number> => {
      const { rows } = await pool.query<{ seconds: number }>(
        `SELECT coalesce(extract(epoch FROM now() - min(created_at)), 0)::float8 AS seconds
         FROM mails WHERE next_try_at IS NOT NULL`,
      );
      return rows[0]?.seconds ?? 0;
    },
    /** Deletes some tokens that have expired, and mails of long ago. @returns whether there are more. */
    forgetOld: async (): Promise<boolean> => {
      const tokens = await pool.query(
        `DELETE FROM mail_tokens WHERE hash IN
           (SELECT hash FROM mail_tokens WHERE expires_at < now() ORDER BY expires_at LIMIT ${purgeBatch})`,
      );
      const mails = await pool.query(
        `DELETE FROM mails WHERE id IN
           (SELECT id FROM mails WHERE created_at < now() - make_interval(days => ${keptDays})
            ORDER BY created_at LIMIT ${purgeBatch})`,
      );
      return tokens.rowCount === purgeBatch || mails.rowCount === purgeBatch;
    },
  };
}
