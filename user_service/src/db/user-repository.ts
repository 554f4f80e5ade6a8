import type { Role } from '@shop/contracts';
import { type User, violates } from '@shop/service-kit';
import type pg from 'pg';
import { problem } from '../problems.ts';

/** An account as others may see it. */
export interface Account extends User {
  readonly username: string;
  /** RFC 3339 UTC. */
  readonly createdAt: string;
}

export interface NewAccount {
  readonly username: string;
  readonly email: string;
  readonly passwordHash: string;
  readonly role: Role;
}

export interface UserRepository {
  /** @throws Problem `email-taken` */
  add(account: NewAccount): Promise<Account>;
  findByEmail(email: string): Promise<{ account: Account; passwordHash: string } | undefined>;
}

interface Row {
  id: number;
  username: string;
  email: string;
  role: Role;
  created_at: Date;
  password_hash: string;
}

export function createUserRepository(pool: pg.Pool): UserRepository {
  return {
    add: async ({ username, email, passwordHash, role }) => {
      const insert = `
        INSERT INTO users (username, email, password_hash, role)
        VALUES ($1, $2, $3, $4)
        RETURNING id, username, email, role, created_at`;
      try {
        const { rows } = await pool.query<Row>(insert, [username, email, passwordHash, role]);
        return toAccount(rows[0] as Row);
      } catch (error) {
        if (violates(error, 'users_email_key')) throw problem('email-taken');
        throw error;
      }
    },
    findByEmail: async (email) => {
      const select = `
        SELECT id, username, email, role, created_at, password_hash
        FROM users WHERE lower(email) = lower($1)`;
      const [row] = (await pool.query<Row>(select, [email])).rows;
      return row && { account: toAccount(row), passwordHash: row.password_hash };
    },
  };
}

const toAccount = ({ id, username, email, role, created_at }: Row): Account => ({
  id,
  username,
  email,
  role,
  createdAt: created_at.toISOString(),
});
