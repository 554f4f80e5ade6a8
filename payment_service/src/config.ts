import { eventSettings } from '@shop/messaging';
import {
  type Environment,
  httpSettings,
  list,
  readSettings,
  remoteTokenSettings,
  text,
  url,
} from '@shop/service-kit';

/** @throws ConfigError when settings are missing or wrong, or could cost real money */
export function readConfig(environment: Environment) {
  return readSettings(
    environment,
    {
      ...httpSettings(6002),
      ...remoteTokenSettings,
      ...eventSettings,
      orderServiceUrl: url({ desc: 'where order_service answers' }),
      stripeSecretKey: text({ desc: 'sk_test_... or sk_live_...' }),
      stripePublishableKey: text({ desc: 'pk_test_... or pk_live_...' }),
      // More than one while the secret is being changed.
      stripeWebhookSecret: list({ desc: 'whsec_..., several separated by commas' }),
      stripeApiUrl: url({ default: 'https://api.stripe.com' }),
    },
    stripeProblems,
  );
}

export type PaymentConfig = ReturnType<typeof readConfig>;

interface StripeSettings {
  readonly stripeSecretKey: string;
  readonly stripePublishableKey: string;
  readonly stripeWebhookSecret: readonly string[];
  readonly stripeApiUrl: string;
}

function stripeProblems(settings: StripeSettings): readonly string[] {
  const { stripeSecretKey: secretKey, stripePublishableKey: publishableKey } = settings;
  const api = new URL(settings.stripeApiUrl);
  const live = /^[rs]k_live_/.test(secretKey);
  const atStripe = api.protocol === 'https:' && api.hostname === 'api.stripe.com';
  const problems = [
    !/^[rs]k_(test|live)_/.test(secretKey) && 'STRIPE_SECRET_KEY must begin with sk_test_ or sk_live_',
    // The publishable key goes to every browser: the two must never be mixed up.
    !/^pk_(test|live)_/.test(publishableKey) && 'STRIPE_PUBLISHABLE_KEY must begin with pk_test_ or pk_live_',
    live !== publishableKey.startsWith('pk_live_') &&
      'STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY must both be test keys or both be live keys',
    settings.stripeWebhookSecret.length === 0 && 'STRIPE_WEBHOOK_SECRET must hold at least one secret',
    (!/^https?:$/.test(api.protocol) || api.pathname !== '/') &&
      'STRIPE_API_URL must be an http or https URL without a path',
    live && !atStripe && "STRIPE_API_URL must be Stripe's own while STRIPE_SECRET_KEY is a live key",
  ];
  return problems.filter((problem) => problem !== false);
}
