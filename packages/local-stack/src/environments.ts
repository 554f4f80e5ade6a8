import { type Environment, variableOf } from '@shop/service-kit';
import type { StackDatabase } from './database.ts';
import { deliveryMethodsOf } from './delivery-methods.ts';
import type { Secrets } from './secrets.ts';
import type { Ports, StackSettings, StripeAccount } from './settings.ts';
import { publicKeysOf } from './signing-keys/steps.ts';

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
  /** Of instances beside the first. */
  readonly morePorts: Readonly<Record<ServiceName, readonly number[]>>;
}): Readonly<Record<ServiceName, Environment>> {
  const { settings, secrets, database, stripe, environment, morePorts } = options;
  const { ports, host } = settings;
  const instancesOf = (name: ServiceName, port: number, path = '') =>
    [port, ...morePorts[name]].map((each) => `http://${host}:${each}${path}`).join(',');
  const users = instancesOf('user_service', ports.userServicePort);
  const catalogs = instancesOf('catalog_service', ports.catalogServicePort);
  const orders = instancesOf('order_service', ports.orderServicePort);
  const payments = instancesOf('payment_service', ports.paymentServicePort);
  const createEnvironment = (port: number, own: Environment): Environment => ({
    ...environment,
    HOST: host,
    PORT: String(port),
    SHOP_DEMO: environment['SHOP_DEMO'] || '1',
    ATTEMPTS_FACTOR: environment['ATTEMPTS_FACTOR'] || '1000',
    // The gateway is before them, and says who its client is.
    TRUST_PROXY: environment['TRUST_PROXY'] || 'loopback',
    CORS_ORIGINS: environment['CORS_ORIGINS'] || demoOrigins,
    JWKS_URL: instancesOf('user_service', ports.userServicePort, '/.well-known/jwks.json'),
    USER_SERVICE_URL: users,
    // One port for all would not do.
    METRICS_PORT: environment['METRICS_PORT'] === 'off' ? 'off' : undefined,
    // The given one is a superuser's, which only this process needs.
    DATABASE_URL: undefined,
    ...own,
  });
  return {
    user_service: createEnvironment(ports.userServicePort, {
      DATABASE_URL: database.url('users'),
      JWT_PRIVATE_KEY: secrets.jwtPrivateKey,
      JWT_PUBLIC_KEYS: publicKeysOf(secrets),
      ORDER_SERVICE_URL: orders,
      SERVICE_SECRETS: secrets.serviceSecret,
      ...(settings.ownMail ? {} : offlineMail(settings, environment)),
    }),
    catalog_service: createEnvironment(ports.catalogServicePort, {
      DATABASE_URL: database.url('catalog'),
      SERVICE_SECRETS: secrets.serviceSecret,
      DEMO_PICTURES_URL: `http://localhost:${ports.storefrontPort}/pictures`,
    }),
    order_service: createEnvironment(ports.orderServicePort, {
      DATABASE_URL: database.url('orders'),
      CATALOG_SERVICE_URL: catalogs,
      PAYMENT_SERVICE_URL: payments,
      SERVICE_SECRETS: secrets.serviceSecret,
      ...(environment['DELIVERY_METHODS_FILE'] ? {} : { DELIVERY_METHODS: deliveryMethodsOf(environment) }),
    }),
    payment_service: createEnvironment(ports.paymentServicePort, {
      ORDER_SERVICE_URL: orders,
      SERVICE_SECRETS: secrets.serviceSecret,
      ...variablesOf(stripe),
    }),
    storefront: createEnvironment(ports.storefrontPort, {
      TRUST_PROXY: environment['TRUST_PROXY'],
      CATALOG_SERVICE_URL: catalogs,
      ORDER_SERVICE_URL: orders,
      PAYMENT_SERVICE_URL: payments,
      // Where the demo shop pays. Without an account at Stripe the page calls the offline one itself, as it would Stripe.
      STRIPE_PUBLISHABLE_KEY: settings.stripe?.stripePublishableKey,
      OFFLINE_STRIPE_URL:
        settings.stripe === undefined ? `http://localhost:${ports.fakeStripePort}` : undefined,
    }),
  };
}

/** Links lead to the pages of the demo shop, unless STOREFRONT_URL names another. */
const offlineMail = ({ host, ports }: StackSettings, environment: Environment): Environment => ({
  SMTP_URL: `smtp://${host}:${ports.fakeMailSmtpPort}`,
  MAIL_FROM: environment['MAIL_FROM'] || 'Shop <shop@shop.test>',
  STOREFRONT_URL: environment['STOREFRONT_URL'] || `http://localhost:${ports.storefrontPort}`,
});

export function serviceUrls(host: string, ports: Ports) {
  const at = (port: number) => `http://${host}:${port}`;
  return {
    storefront: at(ports.storefrontPort),
    user: at(ports.userServicePort),
    catalog: at(ports.catalogServicePort),
    order: at(ports.orderServicePort),
    payment: at(ports.paymentServicePort),
    stripe: at(ports.fakeStripePort),
    mail: at(ports.fakeMailPort),
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
