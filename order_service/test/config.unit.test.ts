import { readConfig } from '../src/config.ts';

const environment = {
  DATABASE_URL: 'postgresql://orders@localhost/shop',
  CATALOG_SERVICE_URL: 'http://localhost:8000',
  PAYMENT_SERVICE_URL: 'http://localhost:6002',
  SERVICE_SECRETS: 'a secret of at least thirty-two characters',
  JWKS_URL: 'http://localhost:6000/.well-known/jwks.json',
  USER_SERVICE_URL: 'http://localhost:6000',
};
const post = { id: 'post', name: 'Post', price: 490, currency: 'eur', countries: ['DE'] };

it('leaves orders that wait behind an event that fails their time for stock', () => {
  expect(readConfig(environment)).toMatchObject({ stockWindowMs: 300_000, eventRetryLimitMs: 60_000 });
  expect(() => readConfig({ ...environment, STOCK_WINDOW_MS: '179999' })).toThrow(
    'STOCK_WINDOW_MS must be at least three times EVENT_RETRY_LIMIT_MS (60000), not 179999',
  );
  expect(() => readConfig({ ...environment, STOCK_WINDOW_MS: '180000' })).not.toThrow();
});

it('has no delivery methods unless they are set', () => {
  expect(readConfig(environment).deliveryMethods).toEqual([]);
  const given = { ...environment, DELIVERY_METHODS: JSON.stringify([post]) };
  expect(readConfig(given).deliveryMethods).toEqual([post]);
});

it.each<[unknown, string]>([
  ['{', 'DELIVERY_METHODS must be JSON: '],
  [{}, 'DELIVERY_METHODS is wrong: the list must be array, not an object'],
  [[{ ...post, name: undefined }], '0.name is missing'],
  [[{ ...post, price: 4.9 }], '0.price must be integer, not 4.9'],
  [[{ ...post, price: -1 }], '0.price must be >= 0, not -1'],
  [[{ ...post, price: 5, currency: 'kwd' }], '0.price must be a multiple of 10 in kwd, not 5'],
  [[{ ...post, currency: 'xyz' }], '0.currency must be a currency that can be charged, not "xyz"'],
  [[{ ...post, countries: [] }], '0.countries must NOT have fewer than 1 items, not a list'],
  [[{ ...post, countries: ['DE', 'XX'] }], '0.countries.1 must be a country of ISO 3166-1'],
  [[post, post], '1.id must be unique, not "post"'],
  [[{ ...post, prise: 1 }], '0.prise is not known'],
])('names what is wrong with the delivery methods %j', (methods, message) => {
  const given = typeof methods === 'string' ? methods : JSON.stringify(methods);
  expect(() => readConfig({ ...environment, DELIVERY_METHODS: given })).toThrow(message);
});
