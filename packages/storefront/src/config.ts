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
    port: port({ default: 3000 }),
    host: text({ default: '127.0.0.1' }),
    userServiceUrl: url({ desc: 'e.g. http://127.0.0.1:6000' }),
    catalogServiceUrl: url({ desc: 'e.g. http://127.0.0.1:8000' }),
    orderServiceUrl: url({ desc: 'e.g. http://127.0.0.1:9000' }),
    paymentServiceUrl: url({ desc: 'e.g. http://127.0.0.1:6002' }),
    corsOrigins: list({ default: [] }),
    trustProxy: trustProxy({ default: 0 }),
  });
  return Object.freeze({
    port: settings.port,
    host: settings.host,
    services: Object.freeze({
      user: settings.userServiceUrl,
      catalog: settings.catalogServiceUrl,
      order: settings.orderServiceUrl,
      payment: settings.paymentServiceUrl,
    }),
    corsOrigins: settings.corsOrigins,
    trustProxy: settings.trustProxy,
  });
}
