import { eventSettings } from '@shop/messaging';
import {
  ConfigError,
  type Environment,
  list,
  port,
  readSettings,
  type TrustProxy,
  text,
  trustProxy,
  url,
} from '@shop/service-kit';

export interface PaymentConfig {
  readonly port: number;
  readonly host: string;
  readonly orderServiceUrl: string;
  readonly jwksUrl: string;
  readonly jwtIssuer: string;
  readonly jwtAudience: string;
  readonly stripeSecretKey: string;
  readonly stripePublishableKey: string;
  /** More than one while the secret is being changed. */
  readonly stripeWebhookSecrets: readonly string[];
  readonly stripeApiUrl: string;
  readonly corsOrigins: readonly string[];
  readonly trustProxy: TrustProxy;
  readonly eventRetryLimitMs: number;
}

/** @throws ConfigError when settings are missing or wrong, or could cost real money */
export function readConfig(environment: Environment): PaymentConfig {
  const settings = readSettings<Settings>(environment, {
    PORT: port({ default: 6002 }),
    HOST: text({ default: '127.0.0.1' }),
    ORDER_SERVICE_URL: url({ desc: 'where order_service answers' }),
    JWKS_URL: url({ desc: "the key set of user_service, '.../.well-known/jwks.json'" }),
    JWT_ISSUER: text({ default: 'shop' }),
    JWT_AUDIENCE: text({ default: 'shop' }),
    STRIPE_SECRET_KEY: text({ desc: 'sk_test_... or sk_live_...' }),
    STRIPE_PUBLISHABLE_KEY: text({ desc: 'pk_test_... or pk_live_...' }),
    STRIPE_WEBHOOK_SECRET: list({ desc: 'whsec_..., several separated by commas' }),
    STRIPE_API_URL: url({ default: 'https://api.stripe.com' }),
    CORS_ORIGINS: list({ default: [] }),
    TRUST_PROXY: trustProxy({ default: 0 }),
    ...eventSettings,
  });
  const problems = stripeProblems(settings);
  if (problems.length > 0) throw new ConfigError(problems);
  return configOf(settings);
}

interface Settings {
  readonly PORT: number;
  readonly HOST: string;
  readonly ORDER_SERVICE_URL: string;
  readonly JWKS_URL: string;
  readonly JWT_ISSUER: string;
  readonly JWT_AUDIENCE: string;
  readonly STRIPE_SECRET_KEY: string;
  readonly STRIPE_PUBLISHABLE_KEY: string;
  readonly STRIPE_WEBHOOK_SECRET: readonly string[];
  readonly STRIPE_API_URL: string;
  readonly CORS_ORIGINS: readonly string[];
  readonly TRUST_PROXY: TrustProxy;
  readonly EVENT_RETRY_LIMIT_MS: number;
}

function stripeProblems(settings: Settings): string[] {
  const { STRIPE_SECRET_KEY: secretKey, STRIPE_PUBLISHABLE_KEY: publishableKey } = settings;
  const api = new URL(settings.STRIPE_API_URL);
  const live = /^[rs]k_live_/.test(secretKey);
  const atStripe = api.protocol === 'https:' && api.hostname === 'api.stripe.com';
  const problems = [
    !/^[rs]k_(test|live)_/.test(secretKey) && 'STRIPE_SECRET_KEY must begin with sk_test_ or sk_live_',
    // The publishable key goes to every browser: the two must never be mixed up.
    !/^pk_(test|live)_/.test(publishableKey) && 'STRIPE_PUBLISHABLE_KEY must begin with pk_test_ or pk_live_',
    live !== publishableKey.startsWith('pk_live_') &&
      'STRIPE_PUBLISHABLE_KEY and STRIPE_SECRET_KEY must both be test keys or both be live keys',
    settings.STRIPE_WEBHOOK_SECRET.length === 0 && 'STRIPE_WEBHOOK_SECRET must hold at least one secret',
    (!/^https?:$/.test(api.protocol) || api.pathname !== '/') &&
      'STRIPE_API_URL must be an http or https URL without a path',
    live && !atStripe && "STRIPE_API_URL must be Stripe's own while STRIPE_SECRET_KEY is a live key",
  ];
  return problems.filter((problem) => problem !== false);
}

function configOf(settings: Settings): PaymentConfig {
  return Object.freeze({
    port: settings.PORT,
    host: settings.HOST,
    orderServiceUrl: settings.ORDER_SERVICE_URL,
    jwksUrl: settings.JWKS_URL,
    jwtIssuer: settings.JWT_ISSUER,
    jwtAudience: settings.JWT_AUDIENCE,
    stripeSecretKey: settings.STRIPE_SECRET_KEY,
    stripePublishableKey: settings.STRIPE_PUBLISHABLE_KEY,
    stripeWebhookSecrets: settings.STRIPE_WEBHOOK_SECRET,
    stripeApiUrl: settings.STRIPE_API_URL,
    corsOrigins: settings.CORS_ORIGINS,
    trustProxy: settings.TRUST_PROXY,
    eventRetryLimitMs: settings.EVENT_RETRY_LIMIT_MS,
  });
}
