import {
  databaseSettings,
  type Environment,
  flag,
  httpSettings,
  readSettings,
  readTogether,
  tokenSettings,
  validator,
  wholeNumber,
} from '@shop/service-kit';
import { parsePublicKeys, parseSigningKey } from './domain/keys.ts';
import { readSeedAccounts } from './seed-settings.ts';

const rounds = validator((input) => {
  if (!/^(4|5|6|7|8|9|1[0-6])$/.test(input)) throw new Error(`must be 4 to 16, not ${input}`);
  return Number(input);
});
const signingKey = validator(parseSigningKey);
const publicKeys = validator(parsePublicKeys);

const readOwn = (environment: Environment) =>
  readSettings(environment, {
    ...httpSettings(6000),
    ...databaseSettings,
    ...tokenSettings,
    bcryptRounds: rounds({ default: 12 }),
    jwtPrivateKey: signingKey({ desc: 'the P-256 private key that signs tokens, in PEM format' }),
    // Further keys whose tokens are accepted: the next one before it signs, retired ones for a while.
    jwtPublicKeys: publicKeys({ default: [] }),
    purgeMs: wholeNumber({ default: 10 * 60_000 }),
  });

export interface AttemptLimit {
  readonly points: number;
  /** In seconds. */
  readonly duration: number;
}

const unitSeconds = { s: 1, m: 60, h: 3_600 } as const;

/** `100/15m`: 100 attempts in 15 minutes. */
const attemptLimit = validator<AttemptLimit>((input) => {
  const [, points, time, unit] = /^([1-9]\d{0,8})\/([1-9]\d{0,4})([smh])$/.exec(input) ?? [];
  if (unit === undefined) throw new Error(`must be attempts in a time, such as 100/15m, not "${input}"`);
  return { points: Number(points), duration: Number(time) * unitSeconds[unit as keyof typeof unitSeconds] };
});

function readAttemptLimits(environment: Environment) {
  const { shopDemo } = readSettings(environment, { shopDemo: flag({ default: false }) });
  // A demo is used by tests, which all come from one address.
  const factor = shopDemo ? 1_000 : 1;
  const limit = (points: number, duration: number) =>
    attemptLimit({ default: { points: points * factor, duration } });
  return readSettings(environment, {
    registrationsPerAddress: limit(30, 3_600),
    loginsPerAddress: limit(100, 900),
    // So that a stranger's guesses lock out only the stranger.
    wrongPasswordsPerAccountAndAddress: limit(10, 900),
    // From anywhere; much higher, as it does lock out the owner.
    wrongPasswordsPerAccount: limit(100, 3_600),
  });
}

/**
 * Reads the service's settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  const { own, attemptLimits, seedAccounts } = readTogether(environment, {
    own: readOwn,
    attemptLimits: readAttemptLimits,
    seedAccounts: readSeedAccounts,
  });
  return Object.freeze({ ...own, attemptLimits, seedAccounts });
}

export type UserConfig = ReturnType<typeof readConfig>;
