import { join } from 'node:path';
import { deadLetterTable } from '@shop/messaging';
import { createPostgresServer, databaseUrl } from '@shop/postgres-server';
import { ConfigError, postgresAnswers, withClient } from '@shop/service-kit';
import { migrateCatalogDatabase } from 'catalog_service';
import { migrateOrderDatabase } from 'order_service';
import { migrateUserDatabase } from 'user_service';
import { requireFreePorts } from './ports.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';
import { createShopDatabase, type DatabaseHost, schemas } from './shop-database.ts';

export type StackDatabase = ReturnType<typeof createStackDatabase>;

export function createStackDatabase(
  settings: StackSettings,
  secrets: Secrets,
  extraSettings: Readonly<Record<string, string>> = {},
) {
  const { databaseUrl: given } = settings;
  const host = given === undefined ? ownServer(settings, secrets, extraSettings) : givenServer(given);
  const { create, url, ownerUrl, doctorUrl } = createShopDatabase(host, secrets);
  return {
    url,
    ownerUrl,
    doctorUrl,
    /**
     * Starts PostgreSQL, with the schemas and roles in it; what a killed process left running is stopped first. One
     * that DATABASE_URL names is only given them.
     */
    start: async () => {
      await host.start();
      await create(schemas);
    },
    /** Brings every service's schema up to date. */
    migrate: async () => {
      await Promise.all([
        migrateUserDatabase(ownerUrl('users')),
        migrateCatalogDatabase(ownerUrl('catalog')),
        migrateOrderDatabase(ownerUrl('orders')),
        withClient({ connectionString: ownerUrl('messaging') }, (client) => client.query(deadLetterTable)),
      ]);
    },
    /** Stops our own PostgreSQL; also one that a killed process left running. */
    stop: host.stop,
  };
}

interface Server extends DatabaseHost {
  start(): Promise<void>;
  stop(): Promise<void>;
}

function ownServer(
  { dataDir, host, ports }: StackSettings,
  { postgresPassword }: Secrets,
  extraSettings: Readonly<Record<string, string>>,
): Server {
  const server = createPostgresServer({
    dataDir: join(dataDir, 'postgres'),
    port: ports.postgresPort,
    host,
    password: postgresPassword,
    settings: {
      max_connections: '100',
      shared_buffers: '64MB',
      log_min_messages: 'warning',
      ...extraSettings,
    },
  });
  return {
    adminUrl: server.url,
    database: 'shop',
    rolePrefix: '',
    start: async () => {
      await server.stop();
      await requireFreePorts(host, { postgresPort: ports.postgresPort });
      await server.start();
    },
    stop: server.stop,
  };
}

/** A server may hold several shops, and roles belong to all of it: theirs begin with the database's name. */
function givenServer(url: string): Server {
  const adminUrl = databaseUrl(url, { database: 'postgres' });
  const named = decodeURIComponent(new URL(url).pathname.slice(1));
  const database = ['', 'postgres'].includes(named) ? 'shop' : named;
  return {
    adminUrl,
    database,
    rolePrefix: `${database}_`,
    start: () => postgresAnswers(adminUrl).catch(refuse),
    stop: async () => {},
  };
}

function refuse(error: Error & { code?: string }): never {
  const why = error.message || error.code;
  throw new ConfigError([`DATABASE_URL must be of a PostgreSQL that takes its superuser, but: ${why}`]);
}
