import { currencies, inWholeUnits, largestAmount, priceFault, rulesOf } from '@shop/money';

it.each([
  ['usd', { decimals: 2, step: 1, min: 50, max: 99_999_999 }],
  ['gbp', { decimals: 2, step: 1, min: 30, max: 99_999_999 }],
  ['huf', { decimals: 2, step: 1, min: 17_500, max: 9_999_999_999 }],
  ['twd', { decimals: 2, step: 1, min: 5_000, max: 99_999_999 }],
  ['idr', { decimals: 2, step: 1, min: 50, max: 999_999_999_999 }],
  ['jpy', { decimals: 0, step: 1, min: 50, max: 9_999_999_999 }],
  ['xof', { decimals: 0, step: 1, min: 1_000, max: 99_999_999 }],
  ['mga', { decimals: 0, step: 1, min: 5_000, max: 99_999_999 }],
  ['kwd', { decimals: 3, step: 10, min: 500, max: 99_999_990 }],
  ['isk', { decimals: 2, step: 100, min: 20_000, max: 99_999_900 }],
  ['ugx', { decimals: 2, step: 100, min: 500_000, max: 99_999_900 }],
])('%s has the rules %j', (currency, rules) => {
  expect(rulesOf(currency)).toEqual(rules);
});

it.each(['zzz', 'USD', 'us', '', 'xau', 'xts', 'xxx', 'clf', 'bgn', 'hrk', 'constructor'])(
  '%j is no currency that can be charged',
  (code) => {
    expect(rulesOf(code)).toBeUndefined();
    expect(priceFault(1_000, code)).toMatchObject({ field: 'currency' });
  },
);

it('every currency has a range of whole amounts that can be charged', () => {
  expect(currencies.length).toBeGreaterThan(130);
  expect(new Set(currencies).size).toBe(currencies.length);
  for (const currency of currencies) {
    expect(currency).toMatch(/^[a-z]{3}$/);
    const { step, min, max } = rulesOf(currency) ?? { step: 0, min: 0, max: 0 };
    for (const amount of [min, max])
      expect([currency, Number.isSafeInteger(amount / step)]).toEqual([currency, true]);
    expect(0 < min && min < max && max <= largestAmount).toBe(true);
  }
});

it.each([
  [0, 'usd', undefined],
  [1, 'usd', undefined],
  [99_999_999, 'usd', undefined],
  [100_000_000, 'usd', 'must be at most 99999999 in usd'],
  [100_000_000, 'idr', undefined],
  [5_124, 'kwd', 'must be a multiple of 10 in kwd'],
  [5_120, 'kwd', undefined],
  [550, 'isk', 'must be a multiple of 100 in isk'],
  [500, 'isk', undefined],
  [1_045, 'huf', undefined],
])('a price of %i %s: %s', (price, currency, message) => {
  expect(priceFault(price, currency)?.message).toBe(message);
});

it.each([
  [1_999, 'usd', '19.99'],
  [500, 'jpy', '500'],
  [5_120, 'kwd', '5.120'],
  [500, 'isk', '5.00'],
])('%i %s is %s', (amount, currency, text) => {
  expect(inWholeUnits(amount, currency)).toBe(text);
});
