import { type User, violates } from '@shop/service-kit';
import type pg from 'pg';
import { canonicalEmail } from '../domain/email.ts';
import { problem } from '../problems.ts';

/** An account as others may see it. */
export interface Account extends User {
  readonly username: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

export type UserRepository = ReturnType<typeof createUserRepository>;

type AccountRow = Omit<Account, 'createdAt'> & { readonly createdAt: Date };
const accountColumns = 'id, username, email, role, created_at AS "createdAt"';

/** The expression of the unique index: an account of an earlier release may have no canonical email. */
const comparedEmail = 'coalesce(canonical_email, lower(email))';

export function createUserRepository(pool: pg.Pool) {
  return {
    /** @throws Problem `email-taken` */
    add: async (
      { username, email, role }: Pick<Account, 'username' | 'email' | 'role'>,
      passwordHash: string,
    ): Promise<Account> => {
      const insert = `
        INSERT INTO users (username, email, canonical_email, password_hash, role)
        VALUES ($1, $2, $3, $4, $5)
        RETURNING ${accountColumns}`;
      const values = [username, email, canonicalEmail(email), passwordHash, role];
      try {
        const { rows } = await pool.query<AccountRow>(insert, values);
        return toAccount(rows[0] as AccountRow);
      } catch (error) {
        if (violates(error, 'users_canonical_email_key') || violates(error, 'users_email_key'))
          throw problem('email-taken');
        throw error;
      }
    },
    /**
     * The account with this email. One of an earlier release that has the same canonical email as another, which keeps
     * it, is found by what was typed.
     */
    findByEmail: async (email: string) => {
      const select = `
        SELECT ${accountColumns}, password_hash AS "passwordHash"
        FROM users WHERE ${comparedEmail} IN ($1, $2)
        ORDER BY ${comparedEmail} = $1 DESC LIMIT 1`;
      const forms = [email.toLowerCase(), canonicalEmail(email)];
      const { rows } = await pool.query<AccountRow & { readonly passwordHash: string }>(select, forms);
      if (rows[0] === undefined) return undefined;
      const { passwordHash, ...account } = rows[0];
      return { account: toAccount(account), passwordHash };
    },
  };
}

const toAccount = ({ createdAt, ...account }: AccountRow): Account => ({
  ...account,
  createdAt: createdAt.toISOString(),
});
