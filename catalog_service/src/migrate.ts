import process from 'node:process';
import { runMigrations } from '@shop/service-kit';
import { migrateCatalogDatabase } from './db/migrate.ts';

await runMigrations(process, 'catalog_service', migrateCatalogDatabase);
