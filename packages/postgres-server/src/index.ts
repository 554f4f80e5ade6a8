export { freePort } from './free-port.ts';
export { createPostgresServer, type PostgresServer } from './postgres-server.ts';
export {
  createServiceDatabase,
  databaseUrl,
  restrictDatabase,
  type ServiceRole,
} from './service-database.ts';
