import { runService } from '@shop/service-kit';
import { readConfig } from './config.ts';
import { createFakeStripe } from './fake-stripe.ts';

await runService(process, {
  name: 'fake-stripe',
  readConfig,
  createService: ({ port, host, dataFile, webhook }, logger) => {
    const log = (message: string) => logger.warn(message);
    const stripe = createFakeStripe({ dataFile, webhooks: [webhook], log });
    return { start: () => stripe.start(port, host), stop: () => stripe.stop() };
  },
});
