import { ConfigError, readSettings } from '../config/settings.ts';
import { databaseSettings } from '../config/shared-settings.ts';
import { postgresAnswers, waitForDependencies } from '../lifecycle/dependencies.ts';
import { createLogger } from '../logger.ts';

/**
 * Brings the database of DATABASE_URL up to date, as the step before a service starts: waits for the database,
 * migrates, ends. Exit code 0 when it is up to date, 1 when that failed, 2 for wrong settings.
 */
export async function runMigrations(
  host: NodeJS.Process,
  name: string,
  migrate: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ name });
  try {
    const { databaseUrl } = readSettings(host.env, databaseSettings);
    await waitForDependencies({ PostgreSQL: () => postgresAnswers(databaseUrl) }, logger);
    await migrate(databaseUrl);
    logger.info('the database is up to date');
  } catch (error) {
    host.exitCode = error instanceof ConfigError ? 2 : 1;
    if (error instanceof ConfigError) host.stderr.write(`${name}: ${error.message}\n`);
    else logger.fatal({ err: error }, 'the database could not be migrated');
  }
}
