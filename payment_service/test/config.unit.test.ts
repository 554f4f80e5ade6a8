import { ConfigError } from '@shop/service-kit';
import { readConfig } from '../src/config.ts';

const complete = {
  SERVICE_SECRETS: 'a secret of at least thirty-two characters',
  ORDER_SERVICE_URL: 'http://orders:9000',
  JWKS_URL: 'http://users:6000/.well-known/jwks.json',
  USER_SERVICE_URL: 'http://users:6000',
  STRIPE_SECRET_KEY: 'sk_test_a',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_a',
  STRIPE_WEBHOOK_SECRET: 'whsec_a',
};
const liveKeys = { STRIPE_SECRET_KEY: 'sk_live_TopSecret', STRIPE_PUBLISHABLE_KEY: 'pk_live_a' };

function problemsOf(environment: Record<string, string>): readonly string[] {
  try {
    readConfig(environment);
  } catch (error) {
    if (error instanceof ConfigError) return error.problems;
    throw error;
  }
  return [];
}

it('has defaults for all that may have one', () => {
  const config = readConfig(complete);

  expect(config).toEqual({
    port: 6002,
    host: '127.0.0.1',
    shopDemo: false,
    serviceSecrets: [complete.SERVICE_SECRETS],
    paymentsPerUser: { points: 60, duration: 60 },
    shutdownPauseMs: 0,
    eventRetryLimitMs: 60_000,
    orderServiceUrl: ['http://orders:9000'],
    jwksUrl: ['http://users:6000/.well-known/jwks.json'],
    userServiceUrl: ['http://users:6000'],
    jwtIssuer: 'shop',
    jwtAudience: 'shop',
    stripeSecretKey: 'sk_test_a',
    stripePublishableKey: 'pk_test_a',
    stripeWebhookSecret: ['whsec_a'],
    stripeApiUrl: 'https://api.stripe.com',
    corsOrigins: [],
    trustProxy: 0,
  });
  expect(Object.isFrozen(config)).toBe(true);
});

it('names everything that is missing at once', () => {
  expect(
    problemsOf({})
      .map((problem) => problem.split(' ')[0])
      .sort(),
  ).toEqual(Object.keys(complete).sort());
});

it('takes several webhook secrets', () => {
  const config = readConfig({ ...complete, STRIPE_WEBHOOK_SECRET: 'whsec_new, whsec_old' });

  expect(config.stripeWebhookSecret).toEqual(['whsec_new', 'whsec_old']);
});

it('takes which proxies to believe', () => {
  expect(readConfig({ ...complete, TRUST_PROXY: '2' }).trustProxy).toBe(2);
  const { trustProxy } = readConfig({ ...complete, TRUST_PROXY: 'loopback, 10.0.0.0/8' });
  expect(trustProxy).toEqual(['loopback', '10.0.0.0/8']);
});

it.each<[string, Record<string, string>, string]>([
  ['no webhook secret', { STRIPE_WEBHOOK_SECRET: ' , ' }, 'STRIPE_WEBHOOK_SECRET'],
  ['the secret key where browsers see it', { STRIPE_PUBLISHABLE_KEY: 'sk_test_a' }, 'STRIPE_PUBLISHABLE_KEY'],
  ['the publishable key as the secret one', { STRIPE_SECRET_KEY: 'pk_test_a' }, 'STRIPE_SECRET_KEY'],
  ['a live and a test key', { STRIPE_PUBLISHABLE_KEY: 'pk_live_a' }, 'STRIPE_PUBLISHABLE_KEY'],
  ['a Stripe below a path', { STRIPE_API_URL: 'http://gateway/stripe' }, 'STRIPE_API_URL'],
  ['a Stripe that is no web address', { STRIPE_API_URL: 'ftp://stripe' }, 'STRIPE_API_URL'],
  ['a port that is none', { PORT: 'http' }, 'PORT'],
  ['proxies that have no address', { TRUST_PROXY: 'loopback, gateway' }, 'TRUST_PROXY'],
  ['a short secret', { SERVICE_SECRETS: 'short' }, 'SERVICE_SECRETS'],
  ['to believe any proxy', { TRUST_PROXY: 'true' }, 'TRUST_PROXY'],
])('refuses %s', (_what, change, name) => {
  expect(problemsOf({ ...complete, ...change })).toEqual([expect.stringMatching(`^${name} `)]);
});

describe('a live key', () => {
  it.each([
    'http://127.0.0.1:12111',
    'https://stripe.example.com',
    'http://api.stripe.com',
    'https://api.stripe.com.evil.test',
  ])('stops the start with the host %s, and is not repeated', (host) => {
    for (const key of ['sk_live_TopSecret', 'rk_live_TopSecret']) {
      const problems = problemsOf({
        ...complete,
        ...liveKeys,
        STRIPE_SECRET_KEY: key,
        STRIPE_API_URL: host,
      });

      expect(problems).toEqual([expect.stringMatching(/^STRIPE_API_URL must be Stripe's own/)]);
      expect(problems.join()).not.toContain('TopSecret');
    }
  });

  it('stops the start of a demo', () => {
    expect(problemsOf({ ...complete, ...liveKeys, SHOP_DEMO: '1' })).toEqual([
      'STRIPE_SECRET_KEY must be a test key while SHOP_DEMO is on',
    ]);
  });

  it('goes with Stripe itself', () => {
    expect(problemsOf({ ...complete, ...liveKeys })).toEqual([]);
  });
});
