import { rulesOf } from '@shop/money';

/** An amount in minor units, as the API has it, for people. */
export function formatMoney(amount: number, currency: string): string {
  const decimals = rulesOf(currency)?.decimals ?? 2;
  return new Intl.NumberFormat('en', { style: 'currency', currency }).format(amount / 10 ** decimals);
}

/**
 * What a person typed, as minor units.
 * @returns undefined for what is no amount of this currency
 */
export function parseMoney(typed: string, currency: string): number | undefined {
  const decimals = rulesOf(currency)?.decimals ?? 2;
  const [, whole, fraction = ''] = /^\s*(\d{1,12})(?:[.,](\d*))?\s*$/.exec(typed) ?? [];
  if (whole === undefined || fraction.length > decimals) return undefined;
  return Number(`${whole}${fraction.padEnd(decimals, '0')}`);
}
