import { eventSettings } from '@shop/messaging';
import {
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
} from '@shop/service-kit';
import { type ElasticsearchSettings, readElasticsearchSettings } from './elasticsearch-settings.ts';

export interface CatalogConfig {
  readonly port: number;
  readonly host: string;
  readonly databaseUrl: string;
  readonly jwksUrl: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: TrustProxy;
  readonly defaultCurrency: string;
  readonly demo: boolean;
  readonly eventRetryLimitMs: number;
  /** Without it, search is on PostgreSQL. */
  readonly elasticsearch: ElasticsearchSettings | undefined;
}

const currency = validator((input) => {
  if (!/^[a-z]{3}$/.test(input))
    throw new Error(`must be three lower-case letters (ISO 4217), not "${input}"`);
  return input;
});

const readOwnSettings = (environment: Environment) =>
  readSettings(environment, {
    PORT: port({ default: 8000 }),
    HOST: text({ default: '127.0.0.1' }),
    DATABASE_URL: url({ desc: 'the PostgreSQL database, as the role that owns the schema catalog' }),
    JWKS_URL: url({
      desc: 'the public keys of the user service, e.g. http://host:6000/.well-known/jwks.json',
    }),
    JWT_ISSUER: text({ default: 'shop' }),
    JWT_AUDIENCE: text({ default: 'shop' }),
    CORS_ORIGINS: list({ default: [] }),
    TRUST_PROXY: trustProxy({ default: 0 }),
    DEFAULT_CURRENCY: currency({ default: 'usd' }),
    SHOP_DEMO: flag({ default: false }),
    ...eventSettings,
  });

/** @throws ConfigError naming every missing and every wrong setting */
export function readConfig(environment: Environment): CatalogConfig {
  const { own: settings, elasticsearch } = readTogether(environment, {
    own: readOwnSettings,
    elasticsearch: readElasticsearchSettings,
  });
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    databaseUrl: settings.DATABASE_URL,
    jwksUrl: settings.JWKS_URL,
    jwtIssuer: settings.JWT_ISSUER,
    jwtAudience: settings.JWT_AUDIENCE,
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
    defaultCurrency: settings.DEFAULT_CURRENCY,
    demo: settings.SHOP_DEMO,
    eventRetryLimitMs: settings.EVENT_RETRY_LIMIT_MS,
    elasticsearch,
  });
}
