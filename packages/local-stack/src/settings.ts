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
    shopDataDir: text({ default: join(workingDir, '.data') }),
    host: text({ default: '127.0.0.1' }),
    storefrontPort: port({ default: 3000 }),
    userServicePort: port({ default: 6000 }),
    catalogServicePort: port({ default: 8000 }),
    orderServicePort: port({ default: 9000 }),
    paymentServicePort: port({ default: 6002 }),
    fakeStripePort: port({ default: 12_111 }),
    postgresPort: port({ default: 54_320 }),
    kafkaBrokers: list({ default: [] }),
    catalogInstances: wholeNumber({ default: 1 }),
    orderInstances: wholeNumber({ default: 1 }),
  });
  const stripe = readStripeAccount(environment);
  const kafka = settings.kafkaBrokers.length > 0;
  const databaseUrl = kafka ? readDatabaseUrl(environment) : undefined;
  return {
    dataDir: resolve(workingDir, settings.shopDataDir.replace(/^~(?=\/)/, homedir())),
    host: settings.host,
    ports: {
      storefront: settings.storefrontPort,
      user: settings.userServicePort,
      catalog: settings.catalogServicePort,
      order: settings.orderServicePort,
      payment: settings.paymentServicePort,
      stripe: settings.fakeStripePort,
      postgres: settings.postgresPort,
    },
    kafka,
    ...(databaseUrl !== undefined && { databaseUrl }),
    instances: { catalog_service: settings.catalogInstances, order_service: settings.orderInstances },
    ...(stripe && { stripe }),
  };
}

/** Only heard beside a Kafka: many a developer's shell has the DATABASE_URL of something else. */
function readDatabaseUrl(environment: Environment): string | undefined {
  if (!environment['DATABASE_URL']) return undefined;
  return readSettings(environment, { databaseUrl: url() }).databaseUrl;
}

/** With a secret key the real Stripe is used, and its other two settings become necessary. */
function readStripeAccount(environment: Environment): StripeAccount | undefined {
  if (!environment['STRIPE_SECRET_KEY']) return undefined;
  const settings = readSettings(environment, {
    stripeSecretKey: text(),
    stripePublishableKey: text({ desc: 'pk_test_…' }),
    stripeWebhookSecret: text({ desc: 'whsec_…, as `stripe listen` prints it' }),
    stripeApiUrl: url({ default: 'https://api.stripe.com' }),
  });
  return {
    url: settings.stripeApiUrl,
    secretKey: settings.stripeSecretKey,
    publishableKey: settings.stripePublishableKey,
    webhookSecret: settings.stripeWebhookSecret,
  };
}
