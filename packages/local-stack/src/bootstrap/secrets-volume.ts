import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepSecrets, writeWhole } from '../secrets.ts';
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
  const secrets = await keepSecrets(own);
  const { postgresPassword: postgres_password, jwtPrivateKey, webhookSecret } = secrets;
  const { url, doctorUrl } = composeDatabase(databaseHost, secrets);
  const stripe = stripeSettings(environment, webhookSecret);
  const { stripe_api_url, stripe_secret_key } = stripe;
  const files: Record<Container, Readonly<Record<string, string>>> = {
    postgres: { postgres_password },
    'fake-stripe': { webhook_secret: webhookSecret },
    user_service: { database_url: url('users'), jwt_private_key: jwtPrivateKey },
    catalog_service: { database_url: url('catalog') },
    order_service: { database_url: url('orders') },
    payment_service: stripe,
    doctor: { database_url: doctorUrl, stripe_api_url, stripe_secret_key },
  };
  for (const [container, settings] of Object.entries(files)) {
    const owner = users[container as Container];
    for (const [setting, value] of Object.entries(settings))
      await writeWhole(join(secretsDir, container, setting), value, { mode: 0o440, owner });
  }
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
