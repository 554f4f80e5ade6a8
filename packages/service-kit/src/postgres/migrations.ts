import { ConfigError, type Environment, readSettings, url } from '../config/settings.ts';
import { databaseSettings } from '../config/shared-settings.ts';
import { postgresAnswers, waitForDependencies } from '../lifecycle/dependencies.ts';
import { createLogger } from '../logger.ts';

/**
 * Brings the database of MIGRATION_DATABASE_URL, else DATABASE_URL, up to date, as the step before a service starts:
 * waits for the database, migrates, ends. Exit code 0 when it is up to date, 1 when that failed, 2 for wrong settings.
 */
export async function runMigrations(
  host: NodeJS.Process,
  name: string,
  migrate: (databaseUrl: string) => Promise<void>,
): Promise<void> {
  const logger = createLogger({ name });
  try {
    const databaseUrl = readMigrationUrl(host.env);
    await waitForDependencies({ PostgreSQL: () => postgresAnswers(databaseUrl) }, logger);
    await migrate(databaseUrl);
    logger.info('the database is up to date');
  } catch (error) {
    host.exitCode = error instanceof ConfigError ? 2 : 1;
    if (error instanceof ConfigError) host.stderr.write(`${name}: ${error.message}\n`);
    else logger.fatal({ err: error }, 'the database could not be migrated');
  }
}

/** The role that may change tables; where there is none, the service's own has to. */
function readMigrationUrl(environment: Environment): string {
  const { migrationDatabaseUrl } = readSettings(environment, { migrationDatabaseUrl: url({ default: '' }) });
  return migrationDatabaseUrl || readSettings(environment, databaseSettings).databaseUrl;
}
