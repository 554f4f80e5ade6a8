import { rm } from 'node:fs/promises';
import { join } from 'node:path';
import { ConfigError } from '@shop/service-kit';
import { createStackDatabase } from './database.ts';
import { keepSecrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

/** What the stack keeps in its data folder. Only these are ever removed, whatever folder it was pointed at. */
const kept = ['postgres', 'secrets.json', 'fake-stripe.jsonl', 'shop.log.1'];

/** Forgets everything. @throws ConfigError when the database is not the stack's own */
export async function forgetData(settings: StackSettings): Promise<void> {
  const { dataDir, databaseUrl } = settings;
  if (databaseUrl !== undefined)
    throw new ConfigError(['--reset must not be used with DATABASE_URL: drop that database yourself']);
  // A killed process may have left its PostgreSQL running on the data.
  await createStackDatabase(settings, await keepSecrets(dataDir)).stop();
  await Promise.all(kept.map((name) => rm(join(dataDir, name), { recursive: true, force: true })));
}
