import process from 'node:process';
import { prepareDatabase } from './database.ts';
import { keepSecretsIn } from './secrets-volume.ts';
import { readStripeAccount } from './stripe-account.ts';

/**
 * What must be there before the first container of a service starts. Both are safe to repeat, and are repeated at
 * every `docker compose up`.
 */
const steps: Readonly<Record<string, (secretsDir: string, databaseHost: string) => Promise<void>>> = {
  secrets: (secretsDir, databaseHost) =>
    keepSecretsIn({ secretsDir, databaseHost, stripe: readStripeAccount(process.env) }),
  database: (secretsDir, databaseHost) => prepareDatabase({ secretsDir, databaseHost }),
};

const name = process.argv[2] ?? '';
const step = steps[name];
const { SECRETS_DIR = '/run/secrets', DATABASE_HOST = 'postgres:5432' } = process.env;
try {
  if (step === undefined) throw new Error(`Say what to do: ${Object.keys(steps).join(' or ')}`);
  await step(SECRETS_DIR, DATABASE_HOST);
  process.stdout.write(`bootstrap: ${name} done\n`);
} catch (error) {
  process.stderr.write(`bootstrap: ${(error as Error).message || String(error)}\n`);
  process.exitCode = 1;
}
