export { createOrderService, type OrderServiceDeps } from './app.ts';
export { type OrderConfig, readConfig } from './config.ts';
export { migrateOrderDatabase } from './db/migrate.ts';
export { document } from './generated/openapi.ts';
