import process from 'node:process';
import { postgresAnswers, runService } from '@shop/service-kit';
import { createUserService } from './app.ts';
import { readConfig } from './config.ts';

await runService(process, {
  name: 'user_service',
  readConfig,
  createService: (config, logger) => createUserService(config, { logger }),
  dependencies: ({ databaseUrl }) => ({ PostgreSQL: () => postgresAnswers(databaseUrl) }),
});
