import {
  type AuditedTransaction,
  type AuditTrail,
  type NewAuditEvent,
  withTransaction as withPgTransaction,
} from '@shop/service-kit';
import type pg from 'pg';
import type { MailOutbox, NewMail } from './mail-outbox.ts';

export interface UserDatabase {
  readonly pool: pg.Pool;
  /** Takes the mails that a change causes. */
  readonly outbox: MailOutbox;
  readonly audit: AuditTrail;
  /** The expression of a user's role: see `effectiveRole`. */
  readonly role: string;
}

/** One open transaction: everything done through it is committed together, or nothing is. */
export interface Transaction {
  readonly client: pg.PoolClient;
  addMails(mails: readonly NewMail[]): Promise<void>;
  /** Says who did this. */
  addAuditEvent(event: NewAuditEvent): Promise<void>;
}

/** The kit's transaction, in which mails and audit events are written. After a deadlock all of `work` runs again. */
export async function withTransaction<T>(
  { pool, outbox, audit }: UserDatabase,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let effects = new Set<() => void>();
  const result = await withPgTransaction(pool, (client) => {
    // Of an attempt that was rolled back nothing happened.
    effects = new Set();
    const audited: AuditedTransaction = {
      sql: (text, values) => client.query(text, [...values]),
      afterCommit: (effect) => void effects.add(effect),
    };
    return work({
      client,
      addMails: async (mails) => {
        audited.afterCommit(outbox.nudge);
        await outbox.add(client, mails);
      },
      addAuditEvent: (event) => audit.add(audited, [event]),
    });
  });
  for (const effect of effects) effect();
  return result;
}
