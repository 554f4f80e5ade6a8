import { join } from 'node:path';
import { createPostgresServer, createServiceDatabase, databaseUrl } from '@shop/postgres-server';
import { migrateCatalogDatabase } from 'catalog_service';
import { migrateOrderDatabase } from 'order_service';
import { migrateUserDatabase } from 'user_service';
import { requireFreePorts } from './ports.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings } from './settings.ts';

const database = 'shop';

/** A schema and a login role for each that keeps data; `messaging` holds the dead letters of the in-process bus. */
const schemas = ['users', 'catalog', 'orders', 'messaging'] as const;
export type Schema = (typeof schemas)[number];

export interface StackDatabase {
  /** Starts PostgreSQL, with the schemas and roles in it; what a killed process left running is stopped first. */
  start(): Promise<void>;
  /** Brings every service's schema up to date. */
  migrate(): Promise<void>;
  url(schema: Schema): string;
  /** Stops PostgreSQL; also one that a killed process left running. */
  stop(): Promise<void>;
}

export function createStackDatabase(
  { dataDir, host, ports }: StackSettings,
  secrets: Secrets,
  extraSettings: Readonly<Record<string, string>> = {},
): StackDatabase {
  const server = createPostgresServer({
    dataDir: join(dataDir, 'postgres'),
    port: ports.postgres,
    host,
    password: secrets.postgresPassword,
    settings: {
      max_connections: '100',
      shared_buffers: '64MB',
      log_min_messages: 'warning',
      ...extraSettings,
    },
  });
  const passwordOf = (schema: Schema) => secrets.rolePasswords[schema];
  const url = (schema: Schema) =>
    databaseUrl(server.url, { database, role: `${schema}_role`, password: passwordOf(schema) });
  return {
    url,
    start: async () => {
      await server.stop();
      await requireFreePorts(host, ports, ['postgres']);
      await server.start();
      const roles = schemas.map((schema) => ({
        role: `${schema}_role`,
        password: passwordOf(schema),
        schema,
      }));
      await createServiceDatabase(server.url, { database, roles });
    },
    migrate: async () => {
      await Promise.all([
        migrateUserDatabase(url('users')),
        migrateCatalogDatabase(url('catalog')),
        migrateOrderDatabase(url('orders')),
      ]);
    },
    stop: () => server.stop(),
  };
}
