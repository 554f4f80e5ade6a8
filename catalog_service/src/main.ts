import process from 'node:process';
import { runServiceOnKafka } from '@shop/messaging';
import { postgresAnswers } from '@shop/service-kit';
import { createCatalogService } from './app.ts';
import { readConfig } from './config.ts';

await runServiceOnKafka(process, {
  name: 'catalog_service',
  readConfig,
  createService: createCatalogService,
  dependencies: ({ databaseUrl }) => ({ PostgreSQL: () => postgresAnswers(databaseUrl) }),
});
