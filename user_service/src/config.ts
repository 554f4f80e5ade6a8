import {
  auditSettings,
  databaseSettings,
  type Environment,
  flag,
  httpSettings,
  rate,
  readSettings,
  readTogether,
  serviceSecretSettings,
  tokenSettings,
  urls,
  validator,
  wholeNumber,
} from '@shop/service-kit';
import { parsePublicKeys, parseSigningKey } from './domain/keys.ts';
import { readMailSettings } from './mail-settings.ts';
import { readSeedAccounts } from './seed-settings.ts';

const rounds = validator((input) => {
  if (!/^(4|5|6|7|8|9|1[0-6])$/.test(input)) throw new Error(`must be 4 to 16, not ${input}`);
  return Number(input);
});
const days = validator((input) => {
  if (!/^[1-9]\d{0,2}$/.test(input)) throw new Error(`must be 1 to 999, not ${input}`);
  return Number(input);
});
const wholeFactor = validator((input) => {
  if (!/^[1-9]\d{0,5}$/.test(input)) throw new Error(`must be 1 to 999999, not ${input}`);
  return Number(input);
});
const signingKey = validator(parseSigningKey);
const publicKeys = validator(parsePublicKeys);

const readOwn = (environment: Environment) =>
  readSettings(environment, {
    ...httpSettings(6000),
    ...databaseSettings,
    ...tokenSettings,
    ...serviceSecretSettings,
    ...auditSettings,
    bcryptRounds: rounds({ default: 12 }),
    passwordsPerAddress: wholeNumber({ default: 25 }),
    jwtPrivateKey: signingKey({ desc: 'the P-256 private key that signs tokens, in PEM format' }),
    // Further keys whose tokens are accepted: the next one before it signs, retired ones for a while.
    jwtPublicKeys: publicKeys({ default: [] }),
    adminSecondFactor: flag({ default: false }),
    guestDays: days({ default: 30 }),
    refreshDays: days({ default: 30 }),
    sessionDays: days({ default: 90 }),
    orderServiceUrl: urls({ default: [] }),
    shopDemo: flag({ default: false }),
    purgeMs: wholeNumber({ default: 10 * 60_000 }),
    mailMs: wholeNumber({ default: 5_000 }),
  });

function readAttemptLimits(environment: Environment) {
  // For a shop that is used by tests, which all come from one address.
  const { attemptsFactor: factor } = readSettings(environment, {
    attemptsFactor: wholeFactor({ default: 1 }),
  });
  const limit = (points: number, duration: number) =>
    rate({ default: { points: points * factor, duration } });
  return readSettings(environment, {
    registrationsPerAddress: limit(30, 3_600),
    guestsPerAddress: limit(100, 3_600),
    loginsPerAddress: limit(100, 900),
    // So that a stranger's guesses lock out only the stranger.
    wrongPasswordsPerAccountAndAddress: limit(10, 900),
    // From anywhere; much higher, as it does lock out the owner.
    wrongPasswordsPerAccount: limit(100, 3_600),
    mailsPerAddress: limit(30, 3_600),
    mailsPerEmail: limit(5, 3_600),
  });
}

/**
 * Reads the service's settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  const { own, mail, attemptLimits, seedAccounts } = readTogether(environment, {
    own: readOwn,
    mail: readMailSettings,
    attemptLimits: readAttemptLimits,
    seedAccounts: readSeedAccounts,
  });
  return Object.freeze({ ...own, mail, attemptLimits, seedAccounts });
}

export type UserConfig = ReturnType<typeof readConfig>;
