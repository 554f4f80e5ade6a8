import { type NewAuditEvent, type User, violates } from '@shop/service-kit';
import type pg from 'pg';
import type { ProfileChange } from '../domain/account-input.ts';
import { canonicalEmail } from '../domain/email.ts';
import { problem } from '../problems.ts';
import { type Mailbox, mailTo } from './mail-outbox.ts';
import { endOthers } from './session-repository.ts';
import { type UserDatabase, withTransaction } from './transaction.ts';

/** An account as others may see it. */
export interface Account extends User {
  readonly email: string;
  readonly username: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

/** A user as they see themselves; a guest has no name and no email. */
export interface Profile extends User {
  readonly username: string | null;
  /** Its user has shown that the mailbox is theirs. */
  readonly emailVerified: boolean;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

export type UserRepository = ReturnType<typeof createUserRepository>;

type Row<U extends { readonly createdAt: string }> = Omit<U, 'createdAt'> & { readonly createdAt: Date };
const accountColumnsOf = (role: string) => `id, username, email, ${role} AS role, created_at AS "createdAt"`;

/** The expression of the unique index: an account of an earlier release may have no canonical email. */
export const comparedEmail = 'coalesce(canonical_email, lower(email))';

const isVerified = `coalesce(verified_email = ${comparedEmail}, false) AS "emailVerified"`;

interface NewAccount extends Pick<Account, 'username' | 'email' | 'role'> {
  /** Nobody has to show it: no mail is sent. */
  readonly emailVerified?: boolean;
}

export function createUserRepository(database: UserDatabase) {
  const { pool } = database;
  const accountColumns = accountColumnsOf(database.role);
  const profileColumns = `${accountColumns}, ${isVerified}`;
  const changeAccount = `${changeOfAccount} RETURNING ${profileColumns}`;
  /** Adds an account by a statement, and asks its user to verify the email. */
  const addAccount = (statement: string, account: NewAccount, ...others: readonly unknown[]) =>
    withTransaction(database, async ({ client, addMails }) => {
      const { role, emailVerified = false } = account;
      const added = await save<Account>(client, statement, account, role, emailVerified, ...others);
      if (added !== undefined && !emailVerified) await addMails([mailTo(added, 'email-verification')]);
      return added;
    });
  return {
    /** @throws Problem `email-taken` */
    add: async (account: NewAccount, passwordHash: string): Promise<Account> => {
      const insert = `
        INSERT INTO users (username, email, canonical_email, role, verified_email, password_hash)
        VALUES ($1, $2, $3, $4, CASE WHEN $5::boolean THEN $3::text END, $6) RETURNING ${accountColumns}`;
      return (await addAccount(insert, account, passwordHash)) as Account;
    },
    /** @returns the id of a new guest, whose token is valid for so many days */
    addGuest: async (days: number): Promise<number> => {
      const { rows } = await pool.query<{ id: number }>(
        `INSERT INTO users (role, guest_days) VALUES ('guest', $1) RETURNING id`,
        [days],
      );
      return (rows[0] as { id: number }).id;
    },
    /**
     * Makes an account of a guest, once.
     * @throws Problem `email-taken`, `guest-registered`
     */
    registerGuest: async (id: number, account: NewAccount, passwordHash: string): Promise<Account> => {
      const update = `
        UPDATE users SET username = $1, email = $2, canonical_email = $3, role = $4,
          verified_email = CASE WHEN $5::boolean THEN $3::text END, password_hash = $6
        WHERE id = $7 AND role = 'guest' AND forget_after IS NULL RETURNING ${accountColumns}`;
      const registered = await addAccount(update, account, passwordHash, id);
      if (registered === undefined) throw problem('guest-registered');
      return registered;
    },
    /** @param sid of the session, or the API key, that must go on, if any */
    find: async (id: number, sid?: string): Promise<Profile | undefined> => {
      const { rows } = await pool.query<Row<Profile>>(
        `SELECT ${profileColumns} FROM users WHERE id = $1 AND forget_after IS NULL AND ($2::uuid IS NULL OR EXISTS (
           SELECT FROM sessions WHERE sessions.id = $2 AND user_id = $1 AND expires_at > now()
           UNION ALL
           SELECT FROM api_keys WHERE api_keys.id = $2 AND user_id = $1 AND expires_at > now()))`,
        [id, sid],
      );
      return rows[0] && toProfile(rows[0]);
    },
    /**
     * Changes the name of an account, and how its email is written.
     * @returns undefined when there is none, or its email is another by now
     */
    change: (
      { id, email }: Profile,
      change: ProfileChange,
      event: NewAuditEvent,
    ): Promise<Profile | undefined> =>
      withTransaction(database, async ({ client, addAuditEvent }) => {
        const changed = await save<Profile>(client, changeAccount, change, id, email);
        if (changed !== undefined) await addAuditEvent(event);
        return changed;
      }),
    /**
     * Gives an account another email, too, and tells both mailboxes.
     * @returns undefined, with nothing done, when its password has been changed meanwhile
     * @throws Problem `email-taken`
     */
    changeEmail: (
      id: number,
      change: ProfileChange,
      passwordHash: string,
      event: NewAuditEvent,
    ): Promise<Profile | undefined> =>
      withTransaction(database, async ({ client, addMails, addAuditEvent }) => {
        const select = 'SELECT email FROM users WHERE id = $1 AND password_hash = $2 FOR NO KEY UPDATE';
        const { rows } = await client.query<{ email: string }>(select, [id, passwordHash]);
        if (rows[0] === undefined) return undefined;
        const changed = (await save<Account & Profile>(
          client,
          changeAccount,
          change,
          id,
          rows[0].email,
        )) as Account & Profile;
        const old = { id, email: rows[0].email };
        await addMails([mailTo(old, 'email-changed'), mailTo(changed, 'email-verification')]);
        await addAuditEvent(event);
        return changed;
      }),
    /** Does nothing when it has been changed meanwhile. */
    replacePassword: async (id: number, oldHash: string, newHash: string): Promise<void> => {
      await pool.query(replacePassword, [id, oldHash, newHash]);
    },
    /**
     * Changes the password and ends the other sessions, also one that begins meanwhile with the old password.
     * @returns false, with nothing done, when it has been changed meanwhile
     */
    changePassword: (
      id: number,
      oldHash: string,
      newHash: string,
      sid: string | undefined,
      event: NewAuditEvent,
    ): Promise<boolean> =>
      withTransaction(database, async ({ client, addMails, addAuditEvent }) => {
        const { rows } = await client.query<Mailbox>(replacePassword, [id, oldHash, newHash]);
        if (rows[0] === undefined) return false;
        await client.query(forgetResets, [id]);
        // A statement of its own: it sees the sessions for which the first one has waited.
        await client.query(endOthers, [id, sid]);
        await addMails([mailTo(rows[0], 'password-changed')]);
        await addAuditEvent(event);
        return true;
      }),
    /** The highest cost of a stored hash of a password. */
    highestPasswordCost: async (): Promise<number> => {
      const { rows } = await pool.query<{ cost: string | null }>(
        `SELECT max(substring(password_hash from '\\$(\\d\\d)\\$')) AS cost FROM users`,
      );
      return Number(rows[0]?.cost ?? 0);
    },
    /**
     * The account with this email. One of an earlier release that has the same canonical email as another, which keeps
     * it, is found by what was typed.
     */
    findByEmail: async (email: string) => {
      const select = `
        SELECT ${accountColumns}, password_hash AS "passwordHash"
        FROM users WHERE ${hasEmail}`;
      type Found = Row<Account> & { readonly passwordHash: string };
      const { rows } = await pool.query<Found>(select, formsOf(email));
      if (rows[0] === undefined) return undefined;
      const { passwordHash, ...account } = rows[0];
      return { account: toProfile<Account>(account), passwordHash };
    },
  };
}

/** The user $4 with the email $5, whose name and email become $1 and $2 where these are given. */
const changeOfAccount = `
  UPDATE users SET username = coalesce($1, username), email = coalesce($2, email),
    canonical_email = coalesce($3, canonical_email)
  WHERE id = $4 AND email = $5 AND role <> 'guest'`;

/** Of the user $1 the hash $2 by $3; it does nothing when it has been changed meanwhile. */
const replacePassword =
  'UPDATE users SET password_hash = $3 WHERE id = $1 AND password_hash = $2 RETURNING id, email';

/** Writes a name and an email, as $1 to $3, and other values. @throws Problem `email-taken` */
async function save<U extends Account | Profile>(
  client: pg.Pool | pg.PoolClient,
  statement: string,
  { username, email }: ProfileChange,
  ...others: readonly unknown[]
): Promise<U | undefined> {
  const values = [username, email, email && canonicalEmail(email), ...others];
  try {
    const { rows } = await client.query<Row<U>>(statement, values);
    return rows[0] && toProfile<U>(rows[0]);
  } catch (error) {
    if (violates(error, 'users_canonical_email_key') || violates(error, 'users_email_key'))
      throw problem('email-taken');
    throw error;
  }
}

/** Finds the one account, by {@link formsOf} as $1 and $2; the last part of a statement. */
export const hasEmail = `${comparedEmail} IN ($1, $2) ORDER BY ${comparedEmail} = $1 DESC LIMIT 1`;
export const formsOf = (email: string) => [email.toLowerCase(), canonicalEmail(email)];

/** Of the user $1: no link that was sent sets another password. */
export const forgetResets = `DELETE FROM mail_tokens WHERE user_id = $1 AND purpose = 'password-reset'`;

const toProfile = <U extends Account | Profile>({ createdAt, ...user }: Row<U>) =>
  ({ ...user, createdAt: createdAt.toISOString() }) as unknown as U;
