import { type Environment, readSettings, text, url } from '@shop/service-kit';

export interface DemoSettings {
  readonly apiUrl: string;
  readonly stripeUrl: string;
  /** Stripe's own test card, or another to see it refused. */
  readonly card: string;
}

export function readDemoSettings(environment: Environment): DemoSettings {
  const port = environment['STOREFRONT_PORT'] ?? '3000';
  const stripePort = environment['FAKE_STRIPE_PORT'] ?? '12111';
  const settings = readSettings(environment, {
    shopApiUrl: url({ default: `http://127.0.0.1:${port}/api` }),
    stripeClientUrl: url({ default: `http://127.0.0.1:${stripePort}` }),
    demoCard: text({ default: 'pm_card_visa' }),
  });
  return { apiUrl: settings.shopApiUrl, stripeUrl: settings.stripeClientUrl, card: settings.demoCard };
}
