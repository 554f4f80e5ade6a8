import {
  databaseSettings,
  type Environment,
  httpSettings,
  readSettings,
  readTogether,
  tokenSettings,
  validator,
} from '@shop/service-kit';
import { parsePublicKeys, parseSigningKey } from './domain/keys.ts';
import { readSeedSettings } from './seed-settings.ts';

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
  });

/**
 * Reads the service's settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  const { own, seeds } = readTogether(environment, { own: readOwn, seeds: readSeedSettings });
  return Object.freeze({ ...own, ...seeds });
}

export type UserConfig = ReturnType<typeof readConfig>;
