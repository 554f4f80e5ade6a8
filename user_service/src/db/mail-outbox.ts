import type pg from 'pg';
import type { MailKind } from '../domain/mail.ts';

export interface NewMail {
  readonly kind: MailKind;
  /** Null when it is deleted by now. */
  readonly userId: number | null;
  readonly recipient: string;
}

/** A user with an email. */
export interface Mailbox {
  readonly id: number;
  readonly email: string;
}

export const mailTo = ({ id, email }: Mailbox, kind: MailKind): NewMail => ({
  kind,
  userId: id,
  recipient: email,
});

/** Where mails are written, in the transaction that causes them. */
export interface MailOutbox {
  add(client: pg.Pool | pg.PoolClient, mails: readonly NewMail[]): Promise<void>;
  /** Has what was added sent soon. */
  nudge(): void;
}

/** @param nudge called after each transaction that added mails */
export const createMailOutbox = (nudge: () => void): MailOutbox => ({
  add: async (client, mails) => {
    await client.query(
      `INSERT INTO mails (kind, user_id, recipient)
       SELECT kind, "userId", recipient FROM jsonb_to_recordset($1::text::jsonb)
         AS (kind text, "userId" integer, recipient text)`,
      [JSON.stringify(mails)],
    );
  },
  nudge,
});

/** Of a shop that sends no mails. */
export const noMailOutbox: MailOutbox = { add: async () => {}, nudge: () => {} };
