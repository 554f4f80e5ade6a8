import { join } from 'node:path';
import { createFakeStripe, type FakeStripe } from '@shop/fake-stripe';
import type { Logger } from '@shop/service-kit';
import { serviceUrls } from './environments.ts';
import type { Secrets } from './secrets.ts';
import type { StackSettings, StripeAccount } from './settings.ts';

/** The offline Stripe of this stack, and the account that payment_service uses there. */
export function createOfflineStripe(
  { dataDir, host, ports }: StackSettings,
  { webhookSecret }: Secrets,
  logger: Logger,
): { readonly server: FakeStripe; readonly account: StripeAccount } {
  const urls = serviceUrls(host, ports);
  return {
    server: createFakeStripe({
      dataFile: join(dataDir, 'fake-stripe.jsonl'),
      webhooks: [{ url: `${urls.payment}/webhooks/stripe`, secret: webhookSecret }],
      log: (message) => logger.info(message),
    }),
    account: {
      url: urls.stripe,
      secretKey: 'sk_test_offline',
      publishableKey: 'pk_test_offline',
      webhookSecret,
    },
  };
}
