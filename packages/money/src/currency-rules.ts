import * as iso4217 from 'dinero.js/currencies';
import {
  decimalsAtStripe,
  documentedMinimums,
  largerCharges,
  largestCharge,
  stepOfThreeDecimals,
  stepsAtStripe,
  worthADollar,
} from './stripe-rules.ts';

/** What can be charged in a currency. Amounts are whole numbers of minor units, as Stripe counts them. */
export interface CurrencyRules {
  /** How many digits of an amount are behind the decimal point. */
  readonly decimals: number;
  /** Every amount is a multiple of it. */
  readonly step: number;
  /** The least that can be charged, and the most. */
  readonly min: number;
  readonly max: number;
}

const decimals = new Map(
  Object.values(iso4217).map(({ code, exponent }) => {
    const currency = code.toLowerCase();
    return [currency, decimalsAtStripe[currency] ?? exponent];
  }),
);

const minimums = new Map([
  ...Object.entries(documentedMinimums),
  ...worthADollar.flatMap(([amount, currencies]) =>
    currencies
      .split(' ')
      .map((currency) => [currency, amount * 10 ** (decimals.get(currency) ?? Number.NaN)] as const),
  ),
]);

const rules = new Map<string, CurrencyRules>(
  [...minimums].map(([currency, min]) => {
    const places = decimals.get(currency);
    if (places === undefined) throw new Error(`ISO 4217 has no currency ${currency}.`);
    const step = stepsAtStripe[currency] ?? (places === 3 ? stepOfThreeDecimals : 1);
    const max = largerCharges[currency] ?? largestCharge;
    return [currency, { decimals: places, step, min, max: max - (max % step) }];
  }),
);

/** The currencies that ISO 4217 has and Stripe takes, in lower case, sorted. */
export const currencies: readonly string[] = [...rules.keys()].sort();

/** The most that can be charged in any currency. Far below 2^53. */
export const largestAmount = Math.max(...[...rules.values()].map(({ max }) => max));

/**
 * @param currency ISO 4217 in lower case
 * @returns undefined for what is no currency, and for one that Stripe does not take
 */
export function rulesOf(currency: string): CurrencyRules | undefined {
  return rules.get(currency);
}

/**
 * Why something cannot have this price: in no quantity could it be paid. 0 is a price.
 * @param price a whole number, 0 or more
 * @returns which of the two is wrong and how, for people; undefined for a good price
 */
export function priceFault(
  price: number,
  currency: string,
): { readonly field: 'price' | 'currency'; readonly message: string } | undefined {
  const known = rules.get(currency);
  if (known === undefined) return { field: 'currency', message: 'must be a currency that can be charged' };
  const { step, max } = known;
  if (price > max) return { field: 'price', message: `must be at most ${max} in ${currency}` };
  if (price % step !== 0) return { field: 'price', message: `must be a multiple of ${step} in ${currency}` };
  return undefined;
}

/** An amount in whole units, with the decimals of its currency and without separators: `19.99`, `500`. */
export function inWholeUnits(amount: number, currency: string): string {
  const places = rules.get(currency)?.decimals ?? 0;
  return (amount / 10 ** places).toFixed(places);
}
