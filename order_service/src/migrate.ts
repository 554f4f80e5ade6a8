import process from 'node:process';
import { runMigrations } from '@shop/service-kit';
import { migrateOrderDatabase } from './db/migrate.ts';

await runMigrations(process, 'order_service', migrateOrderDatabase);
