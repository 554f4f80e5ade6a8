import { type TrustProxy, trustProxy } from '../http/trust-proxy.ts';
import { list, port, type Setting, text, url } from './settings.ts';

/** Of every server. */
export interface HttpSettings {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Origins whose pages may call this server; none by default, as browsers go through the gateway. */
  readonly corsOrigins: readonly string[];
  readonly trustProxy: TrustProxy;
}

type Settings<C> = { readonly [K in keyof C]: Setting<C[K]> };

/** PORT, HOST, CORS_ORIGINS and TRUST_PROXY, for {@link readSettings}. */
export const httpSettings = (defaultPort: number): Settings<HttpSettings> => ({
  port: port({ default: defaultPort }),
  host: text({ default: '127.0.0.1' }),
  corsOrigins: list({ default: [] }),
  trustProxy: trustProxy({ default: 0 }),
});

/** DATABASE_URL, for {@link readSettings}. */
export const databaseSettings: Settings<{ readonly databaseUrl: string }> = {
  databaseUrl: url({ desc: 'postgresql://role:password@host:5432/database' }),
};

/** Whose access tokens are accepted. */
export interface TokenSettings {
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
}

/** JWT_ISSUER and JWT_AUDIENCE, for {@link readSettings}. */
export const tokenSettings: Settings<TokenSettings> = {
  jwtIssuer: text({ default: 'shop' }),
  jwtAudience: text({ default: 'shop' }),
};

/** The same, and JWKS_URL: for services that fetch the public keys. */
export const remoteTokenSettings: Settings<TokenSettings & { readonly jwksUrl: string }> = {
  ...tokenSettings,
  jwksUrl: url({ desc: 'the public keys of user_service, http://localhost:6000/.well-known/jwks.json' }),
};
