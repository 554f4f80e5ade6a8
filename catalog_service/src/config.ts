import { eventSettings } from '@shop/messaging';
import { rulesOf } from '@shop/money';
import {
  auditSettings,
  databaseSettings,
  type Environment,
  flag,
  httpSettings,
  readSettings,
  readTogether,
  remoteTokenSettings,
  type Setting,
  serviceSecretSettings,
  url,
  validator,
} from '@shop/service-kit';
import { readElasticsearchSettings } from './elasticsearch-settings.ts';
import { localPicturesUrl } from './seed/demo-products.ts';

const currency = validator((input) => {
  if (rulesOf(input) === undefined)
    throw new Error(`must be a currency that can be charged (ISO 4217, lower case), not "${input}"`);
  return input;
});

/** Of products that are created without one, and of prices that are asked for without one. */
export const currencySetting: Setting<string> = currency({ default: 'usd' });

const readOwn = (environment: Environment) =>
  readSettings(environment, {
    ...httpSettings(8000),
    ...databaseSettings,
    ...remoteTokenSettings,
    ...serviceSecretSettings,
    ...auditSettings,
    ...eventSettings,
    defaultCurrency: currencySetting,
    shopDemo: flag({ default: false }),
    demoPicturesUrl: url({ default: localPicturesUrl }),
  });

/**
 * Reads the service's settings; README.md says what each means.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment) {
  const { own, elasticsearch } = readTogether(environment, {
    own: readOwn,
    elasticsearch: readElasticsearchSettings,
  });
  return Object.freeze({ ...own, elasticsearch });
}

export type CatalogConfig = ReturnType<typeof readConfig>;
