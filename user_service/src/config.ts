import {
  ConfigError,
  type Environment,
  flag,
  list,
  port,
  readSettings,
  readTogether,
  type TrustProxy,
  text,
  trustProxy,
  url,
  validator,
  wholeNumber,
} from '@shop/service-kit';
import type { AttemptLimit, AttemptLimitSettings } from './db/attempt-limits.ts';
import { type PublicKey, parsePublicKeys, parseSigningKey, type SigningKey } from './domain/keys.ts';
import { readSeedAccounts, type SeedAccount } from './seed-settings.ts';

export interface UserConfig {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: TrustProxy;
  readonly bcryptRounds: number;
  readonly signingKey: SigningKey;
  /** Further keys whose tokens are accepted: the next one before it signs, retired ones for a while. */
  readonly furtherKeys: readonly PublicKey[];
  readonly attemptLimits: AttemptLimitSettings;
  /** Accounts that exist once the service runs. */
  readonly seedAccounts: readonly SeedAccount[];
}

/**
 * Reads the settings; one that is empty counts as not given.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment): UserConfig {
  const { general, rounds, attemptLimits, signingKey, furtherKeys, seedAccounts } = readTogether(
    environment,
    {
      general: readGeneral,
      rounds: readRounds,
      attemptLimits: readAttemptLimits,
      signingKey: readSigningKey,
      furtherKeys: readFurtherKeys,
      seedAccounts: readSeedAccounts,
    },
  );
  return Object.freeze({
    ...general,
    bcryptRounds: rounds,
    attemptLimits,
    signingKey,
    furtherKeys,
    seedAccounts,
  });
}

function readGeneral(environment: Environment) {
  const settings = readSettings(environment, {
    PORT: port({ default: 6000 }),
    HOST: text({ default: '127.0.0.1' }),
    DATABASE_URL: url({ desc: 'postgres://role:password@host:5432/database' }),
    JWT_ISSUER: text({ default: 'shop' }),
    JWT_AUDIENCE: text({ default: 'shop' }),
    CORS_ORIGINS: list({ default: [] }),
    TRUST_PROXY: trustProxy({ default: 0 }),
  });
  return {
    port: settings.PORT,
    host: settings.HOST,
    databaseUrl: settings.DATABASE_URL,
    jwtIssuer: settings.JWT_ISSUER,
    jwtAudience: settings.JWT_AUDIENCE,
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
  };
}

function readRounds(environment: Environment): number {
  const { BCRYPT_ROUNDS } = readSettings(environment, { BCRYPT_ROUNDS: wholeNumber({ default: 12 }) });
  if (BCRYPT_ROUNDS < 4 || BCRYPT_ROUNDS > 16)
    throw new ConfigError([`BCRYPT_ROUNDS must be 4 to 16, not ${BCRYPT_ROUNDS}`]);
  return BCRYPT_ROUNDS;
}

/** `100/15m`: 100 attempts in 15 minutes. */
const attemptLimit = validator<AttemptLimit>((input) => {
  const [, points, time, unit] = /^([1-9]\d{0,8})\/([1-9]\d{0,4})([smh])$/.exec(input) ?? [];
  if (unit === undefined) throw new Error(`must be attempts in a time, such as 100/15m, not "${input}"`);
  const seconds = { s: 1, m: 60, h: 3_600 }[unit] ?? 1;
  return { points: Number(points), duration: Number(time) * seconds };
});

function readAttemptLimits(environment: Environment): AttemptLimitSettings {
  const { SHOP_DEMO } = readSettings(environment, { SHOP_DEMO: flag({ default: false }) });
  // A demo has to bear a whole test run from one address.
  const times = SHOP_DEMO ? 1_000 : 1;
  const settings = readSettings(environment, {
    LOGINS_PER_ADDRESS: attemptLimit({ default: { points: 100 * times, duration: 15 * 60 } }),
    REGISTRATIONS_PER_ADDRESS: attemptLimit({ default: { points: 30 * times, duration: 3_600 } }),
    WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS: attemptLimit({
      default: { points: 10 * times, duration: 15 * 60 },
    }),
    WRONG_PASSWORDS_PER_ACCOUNT: attemptLimit({ default: { points: 100 * times, duration: 3_600 } }),
  });
  return {
    loginsPerAddress: settings.LOGINS_PER_ADDRESS,
    registrationsPerAddress: settings.REGISTRATIONS_PER_ADDRESS,
    wrongPasswordsPerAccountAndAddress: settings.WRONG_PASSWORDS_PER_ACCOUNT_AND_ADDRESS,
    wrongPasswordsPerAccount: settings.WRONG_PASSWORDS_PER_ACCOUNT,
  };
}

function readSigningKey(environment: Environment): SigningKey {
  const desc = 'the P-256 private key that signs tokens, in PEM format';
  const { JWT_PRIVATE_KEY } = readSettings(environment, { JWT_PRIVATE_KEY: text({ desc }) });
  return parsing('JWT_PRIVATE_KEY', () => parseSigningKey(JWT_PRIVATE_KEY));
}

function readFurtherKeys(environment: Environment): readonly PublicKey[] {
  const { JWT_PUBLIC_KEYS } = readSettings(environment, { JWT_PUBLIC_KEYS: text({ default: '' }) });
  return parsing('JWT_PUBLIC_KEYS', () => parsePublicKeys(JWT_PUBLIC_KEYS));
}

function parsing<T>(setting: string, parse: () => T): T {
  try {
    return parse();
  } catch (error) {
    throw new ConfigError([`${setting} ${(error as Error).message}`]);
  }
}
