import { chmod, mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { keepSecrets, type Secrets } from '../secrets.ts';
import { writeSecret } from './secret-file.ts';
import { serviceUrl } from './shop-database.ts';
import type { StripeAccount } from './stripe-account.ts';

/** Who each container runs as: a file's owner is what keeps the services from reading each other's. */
const users = {
  postgres: 999,
  'fake-stripe': 1000,
  user_service: 1001,
  catalog_service: 1002,
  order_service: 1003,
  payment_service: 1004,
} as const;

export interface SecretsVolume {
  readonly secretsDir: string;
  readonly databaseHost: string;
  readonly stripe: StripeAccount;
}

/**
 * Makes all secrets of the shop the first time, and writes for each container those that it needs:
 * `<container>/<setting in lower case>`. What was made once stays; a setting of the caller's may change.
 */
export async function keepSecretsIn({ secretsDir, databaseHost, stripe }: SecretsVolume): Promise<void> {
  const own = bootstrapDir(secretsDir);
  await mkdir(own, { recursive: true });
  await chmod(own, 0o700);
  const secrets = await keepSecrets(own);
  for (const [container, settings] of Object.entries(settingsOf(secrets, databaseHost, stripe)))
    for (const [setting, value] of Object.entries(settings)) {
      const file = join(secretsDir, container, setting);
      await writeSecret(file, value, users[container as keyof typeof users]);
    }
}

/** Where the bootstrap keeps what it made; nobody else can look into it. */
export const bootstrapDir = (secretsDir: string): string => join(secretsDir, 'bootstrap');

function settingsOf(
  secrets: Secrets,
  host: string,
  stripe: StripeAccount,
): Record<keyof typeof users, Readonly<Record<string, string>>> {
  const { postgresPassword, jwtPrivateKey, webhookSecret } = secrets;
  return {
    postgres: { postgres_password: postgresPassword },
    'fake-stripe': { webhook_secret: webhookSecret },
    user_service: {
      database_url: serviceUrl(host, 'user_service', secrets),
      jwt_private_key: jwtPrivateKey,
    },
    catalog_service: { database_url: serviceUrl(host, 'catalog_service', secrets) },
    order_service: { database_url: serviceUrl(host, 'order_service', secrets) },
    payment_service: {
      stripe_api_url: stripe.apiUrl,
      stripe_secret_key: stripe.secretKey,
      stripe_publishable_key: stripe.publishableKey,
      stripe_webhook_secret: stripe.webhookSecret ?? webhookSecret,
    },
  };
}
