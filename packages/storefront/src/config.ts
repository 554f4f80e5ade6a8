import {
  type Environment,
  list,
  port,
  readSettings,
  type TrustProxy,
  text,
  trustProxy,
  url,
} from '@shop/service-kit';

/** The services behind the gateway, by short name. */
export const serviceKeys = ['user', 'catalog', 'order', 'payment'] as const;
export type ServiceKey = (typeof serviceKeys)[number];

export interface StorefrontConfig {
  /** 0 lets the system choose. */
  readonly port: number;
  readonly host: string;
  /** Base URLs. */
  readonly services: Readonly<Record<ServiceKey, string>>;
  /** Origins other than its own whose pages may call the gateway; none by default. */
  readonly corsOrigins?: readonly string[];
  /** Which proxies before the gateway are believed; 0, the default, believes no forwarding header. */
  readonly trustProxy?: TrustProxy;
}

/**
 * Reads the settings.
 * @throws ConfigError naming everything that is missing or wrong
 */
export function readConfig(environment: Environment): StorefrontConfig {
  const settings = readSettings(environment, {
    PORT: port({ default: 3000 }),
    HOST: text({ default: '127.0.0.1' }),
    USER_SERVICE_URL: url({ desc: 'e.g. http://127.0.0.1:6000' }),
    CATALOG_SERVICE_URL: url({ desc: 'e.g. http://127.0.0.1:8000' }),
    ORDER_SERVICE_URL: url({ desc: 'e.g. http://127.0.0.1:9000' }),
    PAYMENT_SERVICE_URL: url({ desc: 'e.g. http://127.0.0.1:6002' }),
    CORS_ORIGINS: list({ default: [] }),
    TRUST_PROXY: trustProxy({ default: 0 }),
  });
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    services: Object.freeze({
      user: settings.USER_SERVICE_URL,
      catalog: settings.CATALOG_SERVICE_URL,
      order: settings.ORDER_SERVICE_URL,
      payment: settings.PAYMENT_SERVICE_URL,
    }),
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
  });
}
