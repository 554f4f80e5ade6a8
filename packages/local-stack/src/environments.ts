import type { Environment } from '@shop/service-kit';
import type { StackDatabase } from './database.ts';
import type { Secrets } from './secrets.ts';
import type { Ports, StackSettings, StripeAccount } from './settings.ts';

export interface EnvironmentOptions {
  readonly settings: StackSettings;
  readonly secrets: Secrets;
  readonly database: Pick<StackDatabase, 'url'>;
  readonly stripe: StripeAccount;
  /** Passed on to the services: seed accounts, time windows and the like. */
  readonly environment: Environment;
}

/** The order in which they start: the user service first, as the others verify tokens by its keys. */
export const serviceNames = [
  'user_service',
  'catalog_service',
  'order_service',
  'payment_service',
  'storefront',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** What each service reads from its environment, wherever it runs: in this process or in one of its own. */
export function createEnvironments(options: EnvironmentOptions): Readonly<Record<ServiceName, Environment>> {
  const { settings, secrets, database, stripe, environment } = options;
  const { ports, host } = settings;
  const urls = serviceUrls(host, ports);
  const shared = {
    ...environment,
    // A superuser's, which only this process needs.
    DATABASE_URL: undefined,
    HOST: host,
    SHOP_DEMO: '1',
    JWKS_URL: `${urls.user}/.well-known/jwks.json`,
  };
  return {
    user_service: {
      ...shared,
      PORT: String(ports.user),
      DATABASE_URL: database.url('users'),
      JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
    },
    catalog_service: { ...shared, PORT: String(ports.catalog), DATABASE_URL: database.url('catalog') },
    order_service: {
      ...shared,
      PORT: String(ports.order),
      DATABASE_URL: database.url('orders'),
      CATALOG_SERVICE_URL: urls.catalog,
    },
    payment_service: {
      ...shared,
      PORT: String(ports.payment),
      ORDER_SERVICE_URL: urls.order,
      STRIPE_API_URL: stripe.url,
      STRIPE_SECRET_KEY: stripe.secretKey,
      STRIPE_PUBLISHABLE_KEY: stripe.publishableKey,
      STRIPE_WEBHOOK_SECRET: stripe.webhookSecret,
    },
    storefront: {
      ...shared,
      PORT: String(ports.storefront),
      USER_SERVICE_URL: urls.user,
      CATALOG_SERVICE_URL: urls.catalog,
      ORDER_SERVICE_URL: urls.order,
      PAYMENT_SERVICE_URL: urls.payment,
    },
  };
}

export function serviceUrls(host: string, ports: Ports) {
  const at = (port: number) => `http://${host}:${port}`;
  return {
    storefront: at(ports.storefront),
    user: at(ports.user),
    catalog: at(ports.catalog),
    order: at(ports.order),
    payment: at(ports.payment),
    stripe: at(ports.stripe),
  };
}
