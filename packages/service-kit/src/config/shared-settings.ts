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

/** PORT, HOST, SHUTDOWN_PAUSE_MS, CORS_ORIGINS and TRUST_PROXY, for {@link readSettings}. */
export const httpSettings = (defaultPort: number) => ({
  ...shutdownSettings,
  port: port({ default: defaultPort }),
  host: text({ default: '127.0.0.1' }),
  /** Origins whose pages may call this server; none by default, as browsers go through the gateway. */
  corsOrigins: origins({ default: [] }),
  trustProxy: trustProxy({ default: 0 }),
});

/** DATABASE_URL, for {@link readSettings}. */
export const databaseSettings = {
  databaseUrl: url({ desc: 'postgresql://role:password@host:5432/database' }),
};

/** JWT_ISSUER and JWT_AUDIENCE, whose access tokens are accepted, for {@link readSettings}. */
export const tokenSettings = {
  jwtIssuer: text({ default: 'shop' }),
  jwtAudience: text({ default: 'shop' }),
};

/** The same, and JWKS_URL: for services that fetch the public keys. */
export const remoteTokenSettings = {
  ...tokenSettings,
  jwksUrl: urls({ desc: 'the public keys of user_service, http://localhost:6000/.well-known/jwks.json' }),
};
