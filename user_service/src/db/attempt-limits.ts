import { createHash } from 'node:crypto';
import type pg from 'pg';
import { RateLimiterMemory, type RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';
import type { AttemptLimit, UserConfig } from '../config.ts';
import { problem } from '../problems.ts';
import { DatabaseClockLimiter, databaseMs } from './database-clock-limiter.ts';

/** Who tries to log in where. */
export interface Attempt {
  /** As `canonicalEmail` gives it. */
  readonly email: string;
  /** As `countedAddress` gives it. */
  readonly address: string;
}

export type AttemptLimits = ReturnType<typeof createAttemptLimits>;

/**
 * Counts attempts for all instances together, in PostgreSQL; each on its own while the database is unavailable.
 * What is beyond a limit is refused with the problem `too-many-attempts`.
 */
export function createAttemptLimits(pool: pg.Pool, limits: UserConfig['attemptLimits']) {
  const registrations = createLimiter(pool, 'registration', limits.registrationsPerAddress);
  const logins = createLimiter(pool, 'login', limits.loginsPerAddress);
  const here = createLimiter(pool, 'failed-login-here', limits.wrongPasswordsPerAccountAndAddress);
  const anywhere = createLimiter(pool, 'failed-login', limits.wrongPasswordsPerAccount);
  return {
    countRegistration: (address: string) => consume(registrations, address),
    countLogin: (address: string) => consume(logins, address),
    /** How many more wrong passwords there may be, at least 1. */
    failuresLeft: async ({ email, address }: Attempt): Promise<number> => {
      const left = [remaining(here, hashed(email, address)), remaining(anywhere, hashed(email))];
      return Math.min(...(await Promise.all(left)));
    },
    countFailure: async ({ email, address }: Attempt): Promise<void> => {
      await Promise.all([here.penalty(hashed(email, address)), anywhere.penalty(hashed(email))]);
    },
    /** The caller knew the password, so has not been guessing. */
    forgetFailures: async ({ email, address }: Attempt): Promise<void> => {
      await here.delete(hashed(email, address));
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

function createLimiter(pool: pg.Pool, keyPrefix: string, limit: AttemptLimit): RateLimiterPostgres {
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
const hashed = (...parts: string[]) => createHash('sha256').update(parts.join('\n')).digest('base64url');

async function remaining(limiter: RateLimiterPostgres, key: string): Promise<number> {
  const counted = await limiter.get(key);
  if (counted === null) return limiter.points;
  if (counted.remainingPoints <= 0) throw tooMany(counted);
  return counted.remainingPoints;
}

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    throw refusal instanceof RateLimiterRes ? tooMany(refusal) : refusal;
  }
}

function tooMany({ msBeforeNext }: RateLimiterRes) {
  const retryAfter = Math.max(1, Math.ceil(msBeforeNext / 1_000));
  const detail = `Too many attempts. Try again in ${retryAfter} seconds.`;
  return problem('too-many-attempts', { detail, retryAfter });
}
