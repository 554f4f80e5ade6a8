import { trustProxy } from '../http/trust-proxy.ts';
import { list, port, text, url } from './settings.ts';

/** PORT, HOST, CORS_ORIGINS and TRUST_PROXY, for {@link readSettings}. */
export const httpSettings = (defaultPort: number) => ({
  port: port({ default: defaultPort }),
  host: text({ default: '127.0.0.1' }),
  /** Origins whose pages may call this server; none by default, as browsers go through the gateway. */
  corsOrigins: list({ default: [] }),
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
  jwksUrl: url({ desc: 'the public keys of user_service, http://localhost:6000/.well-known/jwks.json' }),
};
