import process from 'node:process';
import { runServiceOnKafka } from '@shop/messaging';
import { createPaymentService } from './app.ts';
import { readConfig } from './config.ts';

await runServiceOnKafka(process, {
  name: 'payment_service',
  readConfig,
  createService: createPaymentService,
});
