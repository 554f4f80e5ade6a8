import process from 'node:process';
import { loadDotEnv } from '../dot-env.ts';
import { readStackSettings } from '../settings.ts';
import { runSigningKeys } from './command.ts';
import { secretsPlace, settingsPlace } from './places.ts';

const startAgain = 'If the shop is running, stop it and start it again: only then it has any effect.';

try {
  loadDotEnv();
  const placeOf = (folder: string | undefined) =>
    folder === undefined
      ? secretsPlace(readStackSettings(process.env, process.cwd()).dataDir, startAgain)
      : settingsPlace(folder);
  process.exitCode = await runSigningKeys(process.argv.slice(2), placeOf, process);
} catch (error) {
  process.stderr.write(`signing-keys: ${(error as Error).message}\n`);
  process.exitCode = 2;
}
