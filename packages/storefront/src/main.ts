import process from 'node:process';
import { runService } from '@shop/service-kit';
import { createStorefront } from './app.ts';
import { readConfig } from './config.ts';

await runService(process, {
  name: 'storefront',
  readConfig,
  createService: (config, logger) => createStorefront(config, { logger }),
});
