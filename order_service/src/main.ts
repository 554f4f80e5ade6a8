import process from 'node:process';
import { runServiceOnKafka } from '@shop/messaging';
import { postgresAnswers } from '@shop/service-kit';
import { createOrderService } from './app.ts';
import { readConfig } from './config.ts';

await runServiceOnKafka(process, {
  name: 'order_service',
  readConfig,
  createService: createOrderService,
  dependencies: ({ databaseUrl }) => ({ PostgreSQL: () => postgresAnswers(databaseUrl) }),
});
