import { createHash } from 'node:crypto';
import type { Rate } from '@shop/service-kit';
import type pg from 'pg';
import { RateLimiterMemory, type RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { UserConfig } from '../config.ts';
import { problem } from '../problems.ts';
import { DatabaseClockLimiter, databaseMs } from './database-clock-limiter.ts';

export type AttemptLimits = ReturnType<typeof createAttemptLimits>;

/**
 * Counts attempts for all instances together, in PostgreSQL; each on its own while the database is unavailable.
 * What is beyond a limit is refused with the problem `too-many-attempts`.
 */
export function createAttemptLimits(pool: pg.Pool, limits: UserConfig['attemptLimits']) {
  const registrations = createLimiter(pool, 'registration', limits.registrationsPerAddress);
  const guests = createLimiter(pool, 'guest', limits.guestsPerAddress);
  const mailsHere = createLimiter(pool, 'mail-here', limits.mailsPerAddress);
  const mailsTo = createLimiter(pool, 'mail-to', limits.mailsPerEmail);
  return {
    countRegistration: (address: string) => consume(registrations, address),
    countGuest: (address: string) => consume(guests, address),
    /** Of mails that are asked for, whether there is an account or not. */
    countMail: async (email: string, address: string): Promise<void> => {
      await consume(mailsHere, address);
      await consume(mailsTo, hashed(email));
    },
    /** Deletes counts that no longer matter. @returns whether there are more. */
    forgetOld: async (): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `DELETE FROM rate_limits WHERE key IN
           (SELECT key FROM rate_limits WHERE expire < ${databaseMs} ORDER BY expire LIMIT $1)`,
        [purgeBatch],
      );
      return rowCount === purgeBatch;
    },
  };
}

const purgeBatch = 1_000;

export function createLimiter(pool: pg.Pool, keyPrefix: string, limit: Rate): RateLimiterPostgres {
  return new DatabaseClockLimiter({
    ...limit,
    keyPrefix,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    // Its own timer could not be stopped.
    clearExpiredByTimeout: false,
    // A caller who goes on after being refused is refused without asking the database.
    inMemoryBlockOnConsumed: 2 * limit.points,
    insuranceLimiter: new RateLimiterMemory({ ...limit, keyPrefix }),
  });
}

/** Emails that were tried are not stored, least of all those without an account. */
export const hashed = (...parts: string[]) =>
  createHash('sha256').update(parts.join('\n')).digest('base64url');

/** @throws Problem `too-many-attempts` */
export async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooMany(refusal.msBeforeNext) : refusal;
  }
}

export function tooMany(waitMs: number) {
  const retryAfter = Math.max(1, Math.ceil(waitMs / 1_000));
  const detail = `Too many attempts. Try again in ${retryAfter} seconds.`;
  return problem('too-many-attempts', { detail, retryAfter });
}
