import { Problem } from '@shop/service-kit';
import type pg from 'pg';
import type { RateLimiterPostgres } from 'rate-limiter-flexible';
import type { UserConfig } from '../config.ts';
import { consume, createLimiter, hashed, tooMany } from './attempt-limits.ts';
import { createGrowingWaits } from './growing-waits.ts';
import { createKnownAddresses } from './known-addresses.ts';

/** Who tries to open an account, from where. */
export interface Attempt {
  /** As `canonicalEmail` gives it. */
  readonly email: string;
  /** As `addressOf` gives it. */
  readonly address: string;
  /** The name of a device that has opened this account before, where it is one. */
  readonly device: string | undefined;
}

/** What wrong passwords of an attempt are counted by. */
export interface FailureCount {
  /** Of all attempts that are counted together. */
  readonly key: string;
  /**
   * How many more may fail, at least 1.
   * @throws Problem `too-many-attempts`
   */
  readonly failuresLeft: () => Promise<number>;
  /**
   * Just before the password is compared.
   * @throws Problem `too-many-attempts`
   */
  readonly begin?: () => Promise<void>;
  readonly countFailure: () => Promise<unknown>;
  /** The device knew the password, so has not been guessing. */
  readonly forgetFailures?: () => Promise<unknown>;
}

export type LoginLimits = ReturnType<typeof createLoginLimits>;

/**
 * Limits wrong passwords so that guessing is slow, and nobody is shut out of an account by the guesses of others: a
 * device that has opened it is counted by itself, an address that has by the account and the address, and only the
 * others by the account, where they wait longer each time.
 */
export function createLoginLimits(pool: pg.Pool, limits: UserConfig['attemptLimits']) {
  const { loginsPerAddress, wrongPasswordsPerAccountAndAddress, wrongPasswordsPerAccount } = limits;
  const logins = createLimiter(pool, 'login', loginsPerAddress);
  const byDevice = createLimiter(pool, 'failed-login-device', wrongPasswordsPerAccountAndAddress);
  const here = createLimiter(pool, 'failed-login-here', wrongPasswordsPerAccountAndAddress);
  const strangers = createLimiter(pool, 'failed-login', wrongPasswordsPerAccount);
  const waits = createGrowingWaits(pool, 'login-wait', wrongPasswordsPerAccount.duration);
  const known = createKnownAddresses(pool);

  const ofStrangers = (email: string): FailureCount => {
    const key = hashed(email);
    let mustWait = false;
    return {
      key,
      failuresLeft: async () => {
        const left = (await strangers.get(key))?.remainingPoints ?? strangers.points;
        mustWait = left <= 0;
        if (mustWait) await waits.check(key);
        return Math.max(left, 1);
      },
      begin: async () => {
        if (mustWait) await waits.take(key);
      },
      countFailure: () => strangers.penalty(key),
    };
  };

  const ofDevice = (key: string): FailureCount => ({
    ...countOf(byDevice, key),
    forgetFailures: () => byDevice.delete(key),
  });

  const hasAttempts = async (device: string) => {
    const counted = await byDevice.get(hashed(device));
    if (counted !== null && counted.remainingPoints <= 0) return false;
    return isWithin(consume(logins, hashed(device)));
  };

  return {
    /**
     * Counts an attempt.
     * @returns what counts its wrong password
     * @throws Problem `too-many-attempts`
     */
    count: async ({ email, address, device }: Attempt): Promise<readonly FailureCount[]> => {
      // A copy of its token that has used up its attempts must not shut out the device itself.
      if (device !== undefined && (await hasAttempts(device))) return [ofDevice(hashed(device))];
      await consume(logins, address);
      const ofAddress = countOf(here, hashed(email, address));
      return (await known.has(email, address)) ? [ofAddress] : [ofAddress, ofStrangers(email)];
    },
    /** The account was opened from this address, whose wrong passwords are forgotten: it has not been guessing. */
    remember: async ({ email, address }: Pick<Attempt, 'email' | 'address'>): Promise<void> => {
      await Promise.all([known.add(email, address), here.delete(hashed(email, address))]);
    },
  };
}

/** Whether a limit lets an attempt pass. */
const isWithin = (counted: Promise<void>) =>
  counted.then(
    () => true,
    (refusal: unknown) => {
      if (refusal instanceof Problem && refusal.code === 'too-many-attempts') return false;
      throw refusal;
    },
  );

function countOf(limiter: RateLimiterPostgres, key: string): FailureCount {
  return {
    key,
    failuresLeft: async () => {
      const counted = await limiter.get(key);
      if (counted === null) return limiter.points;
      if (counted.remainingPoints <= 0) throw tooMany(counted.msBeforeNext);
      return counted.remainingPoints;
    },
    countFailure: () => limiter.penalty(key),
  };
}
