import { runService } from '@shop/service-kit';
import { readConfig } from './config.ts';
import { createFakeStripe } from './fake-stripe.ts';

await runService(process, {
  name: 'fake-stripe',
  readConfig,
  createService: ({ port, host, fakeStripeData, webhookUrl, webhookSecret }, logger) => {
    const stripe = createFakeStripe({
      dataFile: fakeStripeData,
      webhooks: [{ url: webhookUrl, secret: webhookSecret }],
      log: (message) => logger.warn(message),
    });
    return { start: () => stripe.start(port, host), stop: stripe.stop };
  },
});
