import { eventSettings } from '@shop/messaging';
import {
  type Environment,
  flag,
  httpSettings,
  list,
  rate,
  readSettings,
  remoteTokenSettings,
  serviceSecretSettings,
  text,
  url,
  urls,
} from '@shop/service-kit';

/**
 * Reads the settings; README.md says what each means.
 * @throws ConfigError when settings are missing or wrong, or could cost real money
 */
export function readConfig(environment: Environment) {
  return readSettings(
    environment,
    {
      ...httpSettings(6002),
      ...remoteTokenSettings,
      ...serviceSecretSettings,
      ...eventSettings,
      orderServiceUrl: urls({ desc: 'where order_service answers' }),
      shopDemo: flag({ default: false }),
      stripeSecretKey: text({ desc: 'sk_test_... or sk_live_...' }),
      stripePublishableKey: text({ desc: 'pk_test_... or pk_live_...' }),
      // For each of them Stripe is asked several times, and it takes 100 requests a second of the whole shop.
      paymentsPerUser: rate({ default: { points: 60, duration: 60 } }),
      // More than one while the secret is being changed.
      stripeWebhookSecret: list({ desc: 'whsec_..., several separated by commas' }),
      stripeApiUrl: url({ default: 'https://api.stripe.com' }),
    },
    ({ shopDemo, stripeSecretKey, stripePublishableKey, stripeWebhookSecret, stripeApiUrl }) => {
      const api = new URL(stripeApiUrl);
      const live = /^[rs]k_live_/.test(stripeSecretKey);
      const problems = [
        !/^[rs]k_(test|live)_/.test(stripeSecretKey) &&
          'STRIPE_SECRET_KEY must begin with sk_test_ or sk_live_',
        // The publishable key goes to every browser: the two must never be mixed up.
        !/^pk_(test|live)_/.test(stripePublishableKey) &&
          'STRIPE_PUBLISHABLE_KEY must begin with pk_test_ or pk_live_',
        live !== stripePublishableKey.startsWith('pk_live_') &&
          'STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY must both be test keys or both be live keys',
        stripeWebhookSecret.length === 0 && 'STRIPE_WEBHOOK_SECRET must hold at least one secret',
        (!/^https?:$/.test(api.protocol) || api.pathname !== '/') &&
          'STRIPE_API_URL must be an http or https URL without a path',
        // Everybody can read who the administrator of a demo is.
        live && shopDemo && 'STRIPE_SECRET_KEY must be a test key while SHOP_DEMO is on',
        live &&
          api.origin !== 'https://api.stripe.com' &&
          "STRIPE_API_URL must be Stripe's own while STRIPE_SECRET_KEY is a live key",
      ];
      return problems.filter((problem) => problem !== false);
    },
  );
}

export type PaymentConfig = ReturnType<typeof readConfig>;
