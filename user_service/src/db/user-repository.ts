import { type User, violates } from '@shop/service-kit';
import type pg from 'pg';
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

export function createUserRepository(pool: pg.Pool) {
  return {
    /** @throws Problem `email-taken` */
    add: async (
      { username, email, role }: Pick<Account, 'username' | 'email' | 'role'>,
      passwordHash: string,
    ): Promise<Account> => {
      const insert = `
        INSERT INTO users (username, email, password_hash, role)
        VALUES ($1, $2, $3, $4)
        RETURNING ${accountColumns}`;
      try {
        const { rows } = await pool.query<AccountRow>(insert, [username, email, passwordHash, role]);
        return toAccount(rows[0] as AccountRow);
      } catch (error) {
        if (violates(error, 'users_email_key')) throw problem('email-taken');
        throw error;
      }
    },
    findByEmail: async (email: string) => {
      const select = `
        SELECT ${accountColumns}, password_hash AS "passwordHash"
        FROM users WHERE lower(email) = lower($1)`;
      const { rows } = await pool.query<AccountRow & { readonly passwordHash: string }>(select, [email]);
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
