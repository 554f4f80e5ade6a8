import type pg from 'pg';
import { hashed } from './attempt-limits.ts';
import { databaseMs } from './database-clock-limiter.ts';

const knownDays = 30;

const keyOf = (email: string, address: string) => `known-address:${hashed(email, address)}`;

/** Addresses from which an account has been opened lately. */
export function createKnownAddresses(pool: pg.Pool) {
  return {
    has: async (email: string, address: string): Promise<boolean> => {
      const { rowCount } = await pool.query({
        name: 'known-addresses-find',
        text: `SELECT FROM rate_limits WHERE key = $1 AND expire > ${databaseMs}`,
        values: [keyOf(email, address)],
      });
      return rowCount === 1;
    },
    add: async (email: string, address: string): Promise<void> => {
      await pool.query({
        name: 'known-addresses-add',
        text: `INSERT INTO rate_limits (key, points, expire) VALUES ($1, 1, ${databaseMs} + $2::bigint)
          ON CONFLICT (key) DO UPDATE SET expire = excluded.expire`,
        values: [keyOf(email, address), knownDays * 24 * 60 * 60 * 1_000],
      });
    },
  };
}
