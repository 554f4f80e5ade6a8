import { readConfig } from '../src/index.ts';

const needed = {
  DATABASE_URL: 'postgresql://x',
  JWKS_URL: 'http://127.0.0.1:6000/jwks.json',
  USER_SERVICE_URL: 'http://127.0.0.1:6000',
  SERVICE_SECRETS: 'a secret of at least thirty-two characters',
};

it('gives the settings the defaults of the README', () => {
  expect(readConfig(needed)).toEqual({
    port: 8000,
    host: '127.0.0.1',
    shutdownPauseMs: 0,
    auditDays: 365,
    databaseUrl: needed.DATABASE_URL,
    jwksUrl: [needed.JWKS_URL],
    userServiceUrl: [needed.USER_SERVICE_URL],
    serviceSecrets: [needed.SERVICE_SECRETS],
    jwtIssuer: 'shop',
    jwtAudience: 'shop',
    corsOrigins: [],
    trustProxy: 0,
    defaultCurrency: 'usd',
    demoPicturesUrl: 'http://localhost:3000/pictures',
    shopDemo: false,
    eventRetryLimitMs: 60_000,
  });
});

it('reads the proxies to trust as a list', () => {
  const { trustProxy } = readConfig({ ...needed, TRUST_PROXY: 'loopback, 10.0.0.0/8' });
  expect(trustProxy).toEqual(['loopback', '10.0.0.0/8']);
});

it('names every missing or wrong setting at once, the currency too', () => {
  const wrong = { PORT: '70000', DEFAULT_CURRENCY: 'EUR', SHOP_DEMO: 'perhaps', TRUST_PROXY: 'true' };
  const named = [
    'DATABASE_URL',
    'JWKS_URL',
    'USER_SERVICE_URL',
    'SERVICE_SECRETS',
    'PORT',
    'SHOP_DEMO',
    'TRUST_PROXY',
    'DEFAULT_CURRENCY must be a currency',
  ];
  for (const name of named) expect(() => readConfig(wrong)).toThrow(name);
});
