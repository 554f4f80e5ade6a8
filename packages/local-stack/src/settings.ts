import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import { type Environment, list, port, readSettings, text, url, wholeNumber } from '@shop/service-kit';

/** What `pnpm start` can be told by the environment; every setting has a default that works. */
export interface StackSettings {
  /** Where everything that must outlive the process is kept. */
  readonly dataDir: string;
  readonly host: string;
  readonly ports: Ports;
  /** With a Kafka (KAFKA_BROKERS) the services run as processes of their own. */
  readonly kafka: boolean;
  /** Beside a Kafka: a PostgreSQL that is there already, as its superuser, with the name of the shop's database. */
  readonly databaseUrl?: string;
  /** How many processes of a service; one when not named. */
  readonly instances: { readonly catalog_service: number; readonly order_service: number };
  /** A real Stripe account in test mode, instead of the offline one. */
  readonly stripe?: StripeAccount;
}

export interface Ports {
  readonly storefront: number;
  readonly user: number;
  readonly catalog: number;
  readonly order: number;
  readonly payment: number;
  readonly stripe: number;
  readonly postgres: number;
}

export interface StripeAccount {
  readonly url: string;
  readonly secretKey: string;
  readonly publishableKey: string;
  readonly webhookSecret: string;
}

export function readStackSettings(environment: Environment, workingDir: string): StackSettings {
  const settings = readSettings(environment, {
    SHOP_DATA_DIR: text({ default: join(workingDir, '.data') }),
    HOST: text({ default: '127.0.0.1' }),
    STOREFRONT_PORT: port({ default: 3000 }),
    USER_SERVICE_PORT: port({ default: 6000 }),
    CATALOG_SERVICE_PORT: port({ default: 8000 }),
    ORDER_SERVICE_PORT: port({ default: 9000 }),
    PAYMENT_SERVICE_PORT: port({ default: 6002 }),
    FAKE_STRIPE_PORT: port({ default: 12_111 }),
    POSTGRES_PORT: port({ default: 54_320 }),
    KAFKA_BROKERS: list({ default: [] }),
    CATALOG_INSTANCES: wholeNumber({ default: 1 }),
    ORDER_INSTANCES: wholeNumber({ default: 1 }),
  });
  const stripe = readStripeAccount(environment);
  const kafka = settings.KAFKA_BROKERS.length > 0;
  const databaseUrl = kafka ? readDatabaseUrl(environment) : undefined;
  return {
    dataDir: resolve(workingDir, settings.SHOP_DATA_DIR.replace(/^~(?=\/)/, homedir())),
    host: settings.HOST,
    ports: {
      storefront: settings.STOREFRONT_PORT,
      user: settings.USER_SERVICE_PORT,
      catalog: settings.CATALOG_SERVICE_PORT,
      order: settings.ORDER_SERVICE_PORT,
      payment: settings.PAYMENT_SERVICE_PORT,
      stripe: settings.FAKE_STRIPE_PORT,
      postgres: settings.POSTGRES_PORT,
    },
    kafka,
    ...(databaseUrl !== undefined && { databaseUrl }),
    instances: { catalog_service: settings.CATALOG_INSTANCES, order_service: settings.ORDER_INSTANCES },
    ...(stripe && { stripe }),
  };
}

/** Only heard beside a Kafka: many a developer's shell has the DATABASE_URL of something else. */
function readDatabaseUrl(environment: Environment): string | undefined {
  if (!environment['DATABASE_URL']) return undefined;
  return readSettings(environment, { DATABASE_URL: url() }).DATABASE_URL;
}

/** With a secret key the real Stripe is used, and its other two settings become necessary. */
function readStripeAccount(environment: Environment): StripeAccount | undefined {
  if (!environment['STRIPE_SECRET_KEY']) return undefined;
  const settings = readSettings(environment, {
    STRIPE_SECRET_KEY: text(),
    STRIPE_PUBLISHABLE_KEY: text({ desc: 'pk_test_…' }),
    STRIPE_WEBHOOK_SECRET: text({ desc: 'whsec_…, as `stripe listen` prints it' }),
    STRIPE_API_URL: url({ default: 'https://api.stripe.com' }),
  });
  return {
    url: settings.STRIPE_API_URL,
    secretKey: settings.STRIPE_SECRET_KEY,
    publishableKey: settings.STRIPE_PUBLISHABLE_KEY,
    webhookSecret: settings.STRIPE_WEBHOOK_SECRET,
  };
}
