export { createUserService, type UserServiceDeps } from './app.ts';
export { readConfig, type UserConfig } from './config.ts';
export { migrateUserDatabase } from './db/migrate.ts';
export { document } from './generated/openapi.ts';
