import { createHash } from 'node:crypto';
import { AppError } from '@shop/service-kit';
import type pg from 'pg';
import { RateLimiterMemory, RateLimiterPostgres, RateLimiterRes } from 'rate-limiter-flexible';

/** So many attempts in so many seconds. */
export interface Limit {
  readonly points: number;
  readonly duration: number;
}

export interface LimitSettings {
  readonly registrationsPerAddress: Limit;
  readonly loginsPerAddress: Limit;
  readonly failedLoginsPerAccount: Limit;
}

export const usualLimits: LimitSettings = {
  registrationsPerAddress: { points: 30, duration: 3_600 },
  loginsPerAddress: { points: 100, duration: 900 },
  failedLoginsPerAccount: { points: 10, duration: 900 },
};

/** High enough for a whole test run from one address. */
export const demoLimits: LimitSettings = {
  registrationsPerAddress: { points: 1_000_000, duration: 3_600 },
  loginsPerAddress: { points: 1_000_000, duration: 900 },
  failedLoginsPerAccount: { points: 10_000, duration: 900 },
};

/**
 * Counts attempts for all instances together, in PostgreSQL; each on its own while the database is away.
 * What is beyond a limit is refused with AppError `too-many-attempts`.
 */
export interface AttemptLimits {
  countRegistration(address: string): Promise<void>;
  /** Counts as failed until {@link takeBackLogin}, so that guesses made at the same moment count too. */
  countLogin(address: string, email: string): Promise<void>;
  takeBackLogin(email: string): Promise<void>;
  /** Deletes counts that no longer matter. */
  forgetOld(): Promise<void>;
}

export function createAttemptLimits(pool: pg.Pool, settings: LimitSettings): AttemptLimits {
  const registrations = createLimiter(pool, 'registration', settings.registrationsPerAddress);
  const logins = createLimiter(pool, 'login', settings.loginsPerAddress);
  const failures = createLimiter(pool, 'failed-login', settings.failedLoginsPerAccount);
  return {
    countRegistration: (address) => consume(registrations, address),
    countLogin: async (address, email) => {
      await consume(logins, address);
      await consume(failures, accountKey(email));
    },
    takeBackLogin: async (email) => {
      await failures.reward(accountKey(email));
    },
    forgetOld: async () => {
      await pool.query('DELETE FROM rate_limits WHERE expire < $1', [Date.now()]);
    },
  };
}

function createLimiter(pool: pg.Pool, keyPrefix: string, limit: Limit): RateLimiterPostgres {
  return new RateLimiterPostgres({
    ...limit,
    keyPrefix,
    storeClient: pool,
    storeType: 'pool',
    tableName: 'rate_limits',
    tableCreated: true,
    // Its own timer could not be stopped.
    clearExpiredByTimeout: false,
    // Who goes on after being refused is refused without asking the database.
    inMemoryBlockOnConsumed: 2 * limit.points,
    insuranceLimiter: new RateLimiterMemory({ ...limit, keyPrefix }),
  });
}

/** Emails that were tried are nobody's business, and those without an account least of all. */
const accountKey = (email: string) => createHash('sha256').update(email).digest('base64url');

async function consume(limiter: RateLimiterPostgres, key: string): Promise<void> {
  try {
    await limiter.consume(key);
  } catch (refusal) {
    if (!(refusal instanceof RateLimiterRes)) throw refusal;
    const retryAfter = Math.max(1, Math.ceil(refusal.msBeforeNext / 1_000));
    throw new AppError(
      'too-many-requests',
      'too-many-attempts',
      `Too many attempts. Try again in ${retryAfter} seconds.`,
      { retryAfter },
    );
  }
}
