export { freePort } from './free-port.ts';
export { createPostgresServer, type PostgresServer, type PostgresServerOptions } from './postgres-server.ts';
export {
  createServiceDatabase,
  databaseUrl,
  restrictDatabase,
  type ServiceDatabaseOptions,
  type ServiceRole,
} from './service-database.ts';
