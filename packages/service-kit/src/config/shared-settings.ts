import { trustProxy } from '../http/trust-proxy.ts';
import { itemsOf, port, text, url, urls, validator, wholeNumber } from './settings.ts';

/** Origins (RFC 6454) of http or https. With `:*` for the port it is any port, and a pattern comes of it. */
const origins = validator((input) => itemsOf(input.toLowerCase()).map(readOrigin));

function readOrigin(item: string): string | RegExp {
  const [, host, port] = /^(https?:\/\/(?:[a-z0-9.-]+|\[[0-9a-f:]+\]))(:\d{1,5}|:\*)?$/.exec(item) ?? [];
  if (host === undefined)
    throw new Error(`must have origins like https://shop.example or http://localhost:*, not "${item}"`);
  return port === ':*' ? new RegExp(`^${host.replace(/[.[\]]/g, '\\$&')}(:\\d+)?$`) : item;
}

/** SHUTDOWN_PAUSE_MS: how long a server that stops goes on taking requests, until all who send any know of it. */
export const shutdownSettings = { shutdownPauseMs: wholeNumber({ default: 0 }) };

const metricsPort = validator<number | 'off' | undefined>((input) => {
  if (input === 'off') return 'off';
  if (!/^\d{1,5}$/.test(input) || Number(input) > 65_535)
    throw new Error(`must be off, or a port from 0 to 65535, not "${input}"`);
  return Number(input);
});

/** PORT, METRICS_PORT, HOST, SHUTDOWN_PAUSE_MS, CORS_ORIGINS and TRUST_PROXY, for {@link readSettings}. */
export const httpSettings = (defaultPort: number) => ({
  ...shutdownSettings,
  port: port({ default: defaultPort }),
  metricsPort: metricsPort({ default: undefined }),
  host: text({ default: '127.0.0.1' }),
  /** Origins whose pages may call this server; none by default, as browsers go through the gateway. */
  corsOrigins: origins({ default: [] }),
  trustProxy: trustProxy({ default: 0 }),
});

/** DATABASE_URL, for {@link readSettings}. */
export const databaseSettings = {
  databaseUrl: url({ desc: 'postgresql://role:password@host:5432/database' }),
};

const days = validator((input) => {
  if (!/^[1-9]\d{0,3}$/.test(input)) throw new Error(`must be 1 to 9999, not ${input}`);
  return Number(input);
});

/** AUDIT_DAYS: how long audit events are kept, for {@link readSettings}. */
export const auditSettings = { auditDays: days({ default: 365 }) };

const shortestSecret = 32;

const secrets = validator((input) => {
  const items = itemsOf(input);
  if (items.length === 0 || items.some(({ length }) => length < shortestSecret))
    throw new Error(
      `must be a secret of at least ${shortestSecret} characters, or several separated by commas`,
    );
  return items;
});

/**
 * SERVICE_SECRETS, by which services know each other's calls, for {@link readSettings}: the first one signs, each is
 * accepted, so that one can be replaced.
 */
export const serviceSecretSettings = {
  serviceSecrets: secrets({ desc: 'at least 32 random characters, the same for all services' }),
};

/** JWT_ISSUER and JWT_AUDIENCE, whose access tokens are accepted, for {@link readSettings}. */
export const tokenSettings = {
  jwtIssuer: text({ default: 'shop' }),
  jwtAudience: text({ default: 'shop' }),
};

/** The same, JWKS_URL and USER_SERVICE_URL: for services that ask user_service for its keys and of its users. */
export const remoteTokenSettings = {
  ...tokenSettings,
  jwksUrl: urls({ desc: 'the public keys of user_service, http://localhost:6000/.well-known/jwks.json' }),
  userServiceUrl: urls({ desc: 'http://localhost:6000' }),
};
