import process from 'node:process';
import { keepSecrets } from '../secrets.ts';
import { bootstrapDir, fillSecretsVolume } from './secrets-volume.ts';
import { prepareDatabase } from './shop-database.ts';

/**
 * What must be there before the first container of a service starts: `secrets`, then `database`. Both are safe to
 * repeat, and are repeated at every `docker compose up`.
 */
const step = process.argv[2];
const { SECRETS_DIR = '/run/secrets', DATABASE_HOST = 'postgres:5432' } = process.env;
try {
  if (step === 'secrets') await fillSecretsVolume(SECRETS_DIR, DATABASE_HOST, process.env);
  else if (step === 'database')
    await prepareDatabase(DATABASE_HOST, await keepSecrets(bootstrapDir(SECRETS_DIR)));
  else throw new Error('Say what to do: secrets or database');
  process.stdout.write(`bootstrap: ${step} done\n`);
} catch (error) {
  process.stderr.write(`bootstrap: ${(error as Error).message || String(error)}\n`);
  process.exitCode = 1;
}
