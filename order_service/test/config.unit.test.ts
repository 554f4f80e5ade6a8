import { readConfig } from '../src/config.ts';

const environment = {
  DATABASE_URL: 'postgresql://orders@localhost/shop',
  CATALOG_SERVICE_URL: 'http://localhost:8000',
  JWKS_URL: 'http://localhost:6000/.well-known/jwks.json',
};

it('leaves orders that wait behind an event that fails their time for stock', () => {
  expect(readConfig(environment)).toMatchObject({ stockWindowMs: 300_000, eventRetryLimitMs: 60_000 });
  expect(() => readConfig({ ...environment, STOCK_WINDOW_MS: '179999' })).toThrow(
    'STOCK_WINDOW_MS must be at least three times EVENT_RETRY_LIMIT_MS (60000), not 179999',
  );
  expect(() => readConfig({ ...environment, STOCK_WINDOW_MS: '180000' })).not.toThrow();
});
