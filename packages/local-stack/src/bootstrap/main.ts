import process from 'node:process';
import { keepSecrets } from '../secrets.ts';
import { runSigningKeys } from '../signing-keys/command.ts';
import { secretsPlace } from '../signing-keys/places.ts';
import { bootstrapDir, fillSecretsVolume } from './secrets-volume.ts';
import { prepareDatabase } from './shop-database.ts';

/**
 * What must be there before the first container of a service starts: `secrets`, then `database`. Both are safe to
 * repeat, and are repeated at every `docker compose up`. An operator changes the key that signs tokens by `keys`.
 */
const [step, ...args] = process.argv.slice(2);
const { SECRETS_DIR = '/run/secrets', DATABASE_HOST = 'postgres:5432' } = process.env;
const fillVolume = () => fillSecretsVolume(SECRETS_DIR, DATABASE_HOST, process.env);
const changeKeys = () => {
  const restart = 'Now: docker compose restart user_service';
  const placeOf = () => secretsPlace(bootstrapDir(SECRETS_DIR), restart, fillVolume);
  return runSigningKeys(args, placeOf, process);
};
try {
  if (step === 'secrets') await fillVolume();
  else if (step === 'keys') process.exitCode = await changeKeys();
  else if (step === 'database')
    await prepareDatabase(DATABASE_HOST, await keepSecrets(bootstrapDir(SECRETS_DIR)));
  else throw new Error('Say what to do: secrets, database or keys');
  if (step !== 'keys') process.stdout.write(`bootstrap: ${step} done\n`);
} catch (error) {
  process.stderr.write(`bootstrap: ${(error as Error).message || String(error)}\n`);
  process.exitCode = 1;
}
