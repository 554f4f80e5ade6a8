import { homedir } from 'node:os';
import { join, resolve } from 'node:path';
import {
  type Environment,
  list,
  port,
  readSettings,
  readTogether,
  text,
  url,
  wholeNumber,
} from '@shop/service-kit';

const readPorts = (environment: Environment) =>
  readSettings(environment, {
    storefrontPort: port({ default: 3000 }),
    userServicePort: port({ default: 6000 }),
    catalogServicePort: port({ default: 8000 }),
    orderServicePort: port({ default: 9000 }),
    paymentServicePort: port({ default: 6002 }),
    fakeStripePort: port({ default: 12_111 }),
    fakeMailPort: port({ default: 8025 }),
    fakeMailSmtpPort: port({ default: 1025 }),
    postgresPort: port({ default: 54_320 }),
  });
export type Ports = ReturnType<typeof readPorts>;

/**
 * What `pnpm start` can be told by the environment; every setting has a default that works.
 * @throws ConfigError naming everything that is wrong
 */
export function readStackSettings(environment: Environment, workingDir: string) {
  const { ports, own, databaseUrl, stripe } = readTogether(environment, {
    ports: readPorts,
    own: (given) =>
      readSettings(given, {
        shopDataDir: text({ default: join(workingDir, '.data') }),
        host: text({ default: '127.0.0.1' }),
        kafkaBrokers: list({ default: [] }),
        userInstances: wholeNumber({ default: 1 }),
        catalogInstances: wholeNumber({ default: 1 }),
        orderInstances: wholeNumber({ default: 1 }),
        paymentInstances: wholeNumber({ default: 1 }),
      }),
    databaseUrl: readDatabaseUrl,
    stripe: readStripeAccount,
  });
  return {
    /** Where everything that must outlive the process is kept. */
    dataDir: resolve(workingDir, own.shopDataDir.replace(/^~(?=\/)/, homedir())),
    host: own.host,
    ports,
    /** With a Kafka (KAFKA_BROKERS) the services run as processes of their own. */
    kafka: own.kafkaBrokers.length > 0,
    /** Beside a Kafka: a PostgreSQL that is there already, as its superuser, with the name of the shop's database. */
    databaseUrl,
    /** How many processes of a service, beside a Kafka. */
    instances: {
      user_service: own.userInstances,
      catalog_service: own.catalogInstances,
      order_service: own.orderInstances,
      payment_service: own.paymentInstances,
      storefront: 1,
    },
    /** A real Stripe account in test mode, instead of the offline one. */
    stripe,
    /** A real mail server, instead of the offline one. */
    ownMail: Boolean(environment['SMTP_URL'] || environment['SMTP_URL_FILE']),
  };
}

export type StackSettings = Readonly<ReturnType<typeof readStackSettings>>;

/** Ignored without a Kafka: many a developer's shell has the DATABASE_URL of something else. */
function readDatabaseUrl(environment: Environment): string | undefined {
  if (!environment['KAFKA_BROKERS'] || !environment['DATABASE_URL']) return undefined;
  return readSettings(environment, { databaseUrl: url() }).databaseUrl;
}

export type StripeAccount = NonNullable<ReturnType<typeof readStripeAccount>>;

/** With a secret key the real Stripe is used, and the next two settings become required. */
function readStripeAccount(environment: Environment) {
  if (!environment['STRIPE_SECRET_KEY']) return undefined;
  return readSettings(environment, {
    stripeSecretKey: text(),
    stripePublishableKey: text({ desc: 'pk_test_…' }),
    stripeWebhookSecret: text({ desc: 'whsec_…, as `stripe listen` prints it' }),
    stripeApiUrl: url({ default: 'https://api.stripe.com' }),
  });
}
