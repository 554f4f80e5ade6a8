import process from 'node:process';
import { runMigrations } from '@shop/service-kit';
import { migrateUserDatabase } from './db/migrate.ts';

await runMigrations(process, 'user_service', migrateUserDatabase);
