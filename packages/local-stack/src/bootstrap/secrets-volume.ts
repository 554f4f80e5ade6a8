import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { deliveryMethodsOf } from '../delivery-methods.ts';
import { isDemo } from '../demo-setting.ts';
import { keepSecrets, type Secrets, writeWhole } from '../secrets.ts';
import { publicKeysOf } from '../signing-keys/steps.ts';
import { jaasConfig } from './kafka-users.ts';
import { composeDatabase } from './shop-database.ts';

type Environment = Readonly<Record<string, string | undefined>>;

/** Who each container runs as: a file's owner is what keeps the services from reading each other's. */
const users = {
  postgres: 999,
  'fake-stripe': 1000,
  user_service: 1001,
  catalog_service: 1002,
  order_service: 1003,
  payment_service: 1004,
  doctor: 1005,
  kafka: 1006,
  kafka_access: 1007,
  user_migration: 1011,
  catalog_migration: 1012,
  order_migration: 1013,
} as const;
type Container = keyof typeof users;

/** Where the secrets that were made are kept; no service can look into it. */
export const bootstrapDir = (secretsDir: string): string => join(secretsDir, 'bootstrap');

/**
 * Makes all secrets of the shop the first time, and writes for each container those that it needs, as `<container>/<setting in lower case>`, readable by its user
 * only. Needs no privilege but to give files away (CAP_CHOWN).
 * @throws Error when the settings of a Stripe account are not complete
 */
export async function fillSecretsVolume(
  secretsDir: string,
  databaseHost: string,
  environment: Environment,
): Promise<void> {
  const own = bootstrapDir(secretsDir);
  await mkdir(own, { recursive: true });
  await chmod(own, 0o700);
  const files = filesOf(await keepSecrets(own), databaseHost, environment);
  for (const [container, settings] of Object.entries(files)) {
    const owner = users[container as Container];
    for (const [setting, value] of Object.entries(settings))
      await writeWhole(join(secretsDir, container, setting), value, { mode: 0o440, owner });
  }
}

type Files = Readonly<Record<Container, Readonly<Record<string, string>>>>;

/** What each container gets to know. */
export function filesOf(secrets: Secrets, databaseHost: string, environment: Environment): Files {
  const { postgresPassword: postgres_password, jwtPrivateKey, webhookSecret, serviceSecret } = secrets;
  const { kafkaPasswords: kafka } = secrets;
  const { url, ownerUrl, doctorUrl } = composeDatabase(databaseHost, secrets);
  const stripe = stripeSettings(environment, webhookSecret);
  const { stripe_api_url, stripe_secret_key } = stripe;
  return {
    postgres: { postgres_password },
    'fake-stripe': { webhook_secret: webhookSecret },
    user_service: {
      database_url: url('users'),
      jwt_private_key: jwtPrivateKey,
      jwt_public_keys: publicKeysOf(secrets),
      service_secrets: serviceSecret,
    },
    catalog_service: {
      database_url: url('catalog'),
      service_secrets: serviceSecret,
      kafka_password: kafka.catalog_service,
    },
    // No secret: JSON does not go through the default of a variable of compose.
    order_service: {
      database_url: url('orders'),
      delivery_methods: deliveryMethodsOf(environment),
      service_secrets: serviceSecret,
      kafka_password: kafka.order_service,
    },
    payment_service: { ...stripe, service_secrets: serviceSecret, kafka_password: kafka.payment_service },
    doctor: {
      database_url: doctorUrl,
      stripe_api_url,
      stripe_secret_key,
      kafka_password: kafka.doctor,
    },
    kafka: { jaas_config: jaasConfig(kafka.admin) },
    kafka_access: {
      kafka_password: kafka.admin,
      catalog_service_password: kafka.catalog_service,
      order_service_password: kafka.order_service,
      payment_service_password: kafka.payment_service,
      doctor_password: kafka.doctor,
    },
    user_migration: { migration_database_url: ownerUrl('users') },
    catalog_migration: { migration_database_url: ownerUrl('catalog') },
    order_migration: { migration_database_url: ownerUrl('orders') },
  };
}

/** The caller's account at Stripe when STRIPE_SECRET_KEY is set, else the offline one. */
function stripeSettings(environment: Environment, offlineWebhookSecret: string) {
  const given = (name: string) => environment[name]?.trim() ?? '';
  const secretKey = given('STRIPE_SECRET_KEY');
  if (secretKey === '')
    return {
      stripe_api_url: 'http://fake-stripe:12111',
      stripe_secret_key: 'sk_test_offline',
      stripe_publishable_key: 'pk_test_offline',
      stripe_webhook_secret: offlineWebhookSecret,
    };
  if (/^[rs]k_live_/.test(secretKey) && isDemo(given('SHOP_DEMO')))
    throw new Error(
      'STRIPE_SECRET_KEY is a live key: set SHOP_DEMO=0, for everybody can read the passwords of a demo',
    );
  const missing = ['STRIPE_PUBLISHABLE_KEY', 'STRIPE_WEBHOOK_SECRET'].filter((name) => given(name) === '');
  if (missing.length > 0)
    throw new Error(`STRIPE_SECRET_KEY is set, so ${missing.join(' and ')} must be, too`);
  return {
    stripe_api_url: given('STRIPE_API_URL') || 'https://api.stripe.com',
    stripe_secret_key: secretKey,
    stripe_publishable_key: given('STRIPE_PUBLISHABLE_KEY'),
    stripe_webhook_secret: given('STRIPE_WEBHOOK_SECRET'),
  };
}
