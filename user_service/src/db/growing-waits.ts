import type pg from 'pg';
import { tooMany } from './attempt-limits.ts';
import { databaseMs } from './database-clock-limiter.ts';

const longestSeconds = 300;

// A row expires when it has not been waited for $2 milliseconds, so that a wait is over that much earlier.
const waitIsOver = `waits.expire - $2::bigint <= ${databaseMs}`;
const count = `CASE WHEN waits.expire <= ${databaseMs} THEN 0 ELSE waits.points END`;

/** Of those who ask at the same moment one gets through. */
const take = `
  INSERT INTO rate_limits AS waits (key, points, expire) VALUES ($1, 1, ${databaseMs} + 1000 + $2::bigint)
  ON CONFLICT (key) DO UPDATE SET points = ${count} + 1,
    expire = ${databaseMs} + $2::bigint + 1000 * least(${longestSeconds}, 2 ^ least(${count}, 20))::bigint
  WHERE ${waitIsOver}`;

const find = `
  SELECT waits.expire - $2::bigint - ${databaseMs} AS left_ms FROM rate_limits AS waits
  WHERE key = $1 AND NOT ${waitIsOver}`;

/**
 * Waits between attempts, of which each is twice as long as the one before: 1 second, 2, 4, and so on up to 5 minutes.
 * @param forgetSeconds without an attempt, after which they begin with the shortest again
 */
export function createGrowingWaits(pool: pg.Pool, keyPrefix: string, forgetSeconds: number) {
  const values = (key: string) => [`${keyPrefix}:${key}`, forgetSeconds * 1_000];

  /** @throws Problem `too-many-attempts` while the wait is not over */
  const check = async (key: string): Promise<void> => {
    const { rows } = await pool.query<{ left_ms: string }>({
      name: 'growing-waits-find',
      text: find,
      values: values(key),
    });
    if (rows[0] !== undefined) throw tooMany(Number(rows[0].left_ms));
  };

  return {
    check,
    /**
     * Begins the next wait.
     * @throws Problem `too-many-attempts` while the one before is not over
     */
    take: async (key: string): Promise<void> => {
      const { rowCount } = await pool.query({ name: 'growing-waits-take', text: take, values: values(key) });
      if (rowCount === 1) return;
      await check(key);
      throw tooMany(0);
    },
  };
}
