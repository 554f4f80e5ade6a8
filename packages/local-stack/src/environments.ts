import { type Environment, variableOf } from '@shop/service-kit';
import type { StackDatabase } from './database.ts';
import type { Secrets } from './secrets.ts';
import type { Ports, StackSettings, StripeAccount } from './settings.ts';

/** The order in which they start: the user service first, as the others verify tokens by its keys. */
export const serviceNames = [
  'user_service',
  'catalog_service',
  'order_service',
  'payment_service',
  'storefront',
] as const;
export type ServiceName = (typeof serviceNames)[number];

/** Where the developer of a storefront has it, on whatever port. */
const demoOrigins = 'http://localhost:*,http://127.0.0.1:*';

/**
 * What each service reads from its environment, wherever it runs: in this process or in one of its own.
 * @param options.environment is passed on to the services: seed accounts, time windows and the like
 */
export function createEnvironments(options: {
  readonly settings: StackSettings;
  readonly secrets: Secrets;
  readonly database: StackDatabase;
  readonly stripe: StripeAccount;
  readonly environment: Environment;
}): Readonly<Record<ServiceName, Environment>> {
  const { settings, secrets, database, stripe, environment } = options;
  const { ports, host } = settings;
  const urls = serviceUrls(host, ports);
  const createEnvironment = (port: number, own: Environment): Environment => ({
    ...environment,
    HOST: host,
    PORT: String(port),
    SHOP_DEMO: '1',
    CORS_ORIGINS: environment['CORS_ORIGINS'] || demoOrigins,
    JWKS_URL: `${urls.user}/.well-known/jwks.json`,
    // The given one is a superuser's, which only this process needs.
    DATABASE_URL: undefined,
    ...own,
  });
  return {
    user_service: createEnvironment(ports.userServicePort, {
      DATABASE_URL: database.url('users'),
      JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
    }),
    catalog_service: createEnvironment(ports.catalogServicePort, {
      DATABASE_URL: database.url('catalog'),
      DEMO_PICTURES_URL: `http://localhost:${ports.storefrontPort}/pictures`,
    }),
    order_service: createEnvironment(ports.orderServicePort, {
      DATABASE_URL: database.url('orders'),
      CATALOG_SERVICE_URL: urls.catalog,
      PAYMENT_SERVICE_URL: urls.payment,
    }),
    payment_service: createEnvironment(ports.paymentServicePort, {
      ORDER_SERVICE_URL: urls.order,
      ...variablesOf(stripe),
    }),
    storefront: createEnvironment(ports.storefrontPort, {
      USER_SERVICE_URL: urls.user,
      CATALOG_SERVICE_URL: urls.catalog,
      ORDER_SERVICE_URL: urls.order,
      PAYMENT_SERVICE_URL: urls.payment,
    }),
  };
}

export function serviceUrls(host: string, ports: Ports) {
  const at = (port: number) => `http://${host}:${port}`;
  return {
    storefront: at(ports.storefrontPort),
    user: at(ports.userServicePort),
    catalog: at(ports.catalogServicePort),
    order: at(ports.orderServicePort),
    payment: at(ports.paymentServicePort),
    stripe: at(ports.fakeStripePort),
  };
}

/** Settings as variables of an environment. */
export const variablesOf = (settings: Readonly<Record<string, string>>): Environment =>
  Object.fromEntries(Object.entries(settings).map(([name, value]) => [variableOf(name), value]));

/** What the offline Stripe takes. */
export const offlineAccount = (stripeApiUrl: string) => ({
  stripeApiUrl,
  stripeSecretKey: 'sk_test_offline',
  stripePublishableKey: 'pk_test_offline',
});
