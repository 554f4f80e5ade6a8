import type { NewAuditEvent } from '@shop/service-kit';
import { problem } from '../problems.ts';
import { type Mailbox, mailTo } from './mail-outbox.ts';
import { endOthers } from './session-repository.ts';
import { type UserDatabase, withTransaction } from './transaction.ts';
import { comparedEmail, forgetResets, formsOf, hasEmail } from './user-repository.ts';

export type MailboxRepository = ReturnType<typeof createMailboxRepository>;

/** What users ask for by mail, and do by the links in the mails. */
export function createMailboxRepository(database: UserDatabase) {
  const { pool, outbox } = database;
  return {
    /** Asks for a mail with a link to choose a new password: by as much work if nobody has this email. */
    requestReset: async (email: string): Promise<void> => {
      await pool.query(
        `INSERT INTO mails (kind, user_id, recipient)
         SELECT 'password-reset', account.id, account.email
         FROM (SELECT) AS request LEFT JOIN (SELECT id, email FROM users WHERE ${hasEmail}) AS account ON true`,
        formsOf(email),
      );
      outbox.nudge();
    },
    /** The account whose password the token of a link may set. */
    findByResetToken: async (tokenHash: Buffer) => {
      const select = `SELECT id, email, username FROM users WHERE ${ofResetToken}`;
      const { rows } = await pool.query<Mailbox & { readonly username: string }>(select, [tokenHash]);
      return rows[0];
    },
    /**
     * Sets the password by the token of a link, once, and ends all sessions. Who has read the mail has shown that the
     * mailbox is theirs.
     * @throws Problem `link-expired`
     */
    resetPassword: (tokenHash: Buffer, newHash: string, event: NewAuditEvent): Promise<void> =>
      withTransaction(database, async ({ client, addMails, addAuditEvent }) => {
        const { rows } = await client.query<Mailbox>(
          `UPDATE users SET password_hash = $2, verified_email = ${comparedEmail}
           WHERE ${ofResetToken} RETURNING id, email`,
          [tokenHash, newHash],
        );
        const [account] = rows;
        if (account === undefined) throw problem('link-expired');
        // Another request with the same token, for which the one before has waited, has left none.
        const tokens = await client.query<{ hash: Buffer }>(`${forgetResets} RETURNING hash`, [account.id]);
        if (!tokens.rows.some(({ hash }) => hash.equals(tokenHash))) throw problem('link-expired');
        await client.query(endOthers, [account.id, undefined]);
        await addMails([mailTo(account, 'password-changed')]);
        await addAuditEvent(event);
      }),
    requestVerification: async (account: Mailbox): Promise<void> => {
      await outbox.add(pool, [mailTo(account, 'email-verification')]);
      outbox.nudge();
    },
    /** Takes a token as often as it comes. @returns false when it verifies nothing */
    verifyEmail: async (tokenHash: Buffer): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `UPDATE users SET verified_email = compared_email FROM mail_tokens
         WHERE hash = $1 AND purpose = 'email-verification' AND expires_at > now()
           AND id = user_id AND ${comparedEmail} = compared_email`,
        [tokenHash],
      );
      return rowCount === 1;
    },
  };
}

const resetToken = `FROM mail_tokens WHERE hash = $1 AND purpose = 'password-reset' AND expires_at > now()`;
/** The user whose token has the hash $1, and who still has the email that it was sent to. */
const ofResetToken = `id = (SELECT user_id ${resetToken}) AND ${comparedEmail} = (SELECT compared_email ${resetToken})`;
