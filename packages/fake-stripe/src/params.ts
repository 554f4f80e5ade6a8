import { currencies, inWholeUnits, rulesOf } from '@shop/money';
import { invalidParameter } from './errors.ts';

/** Parameters as they come from a form or a query: strings, or objects and lists of them. */
export type Params = Readonly<Record<string, unknown>>;

/** A parameter that is a string, or undefined when it is absent or empty. */
export function optionalText(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalidParameter(name, `Invalid string: ${JSON.stringify(value)}`);
  return value;
}

export function requiredText(params: Params, name: string): string {
  return optionalText(params, name) ?? missing(name);
}

/** A positive integer. */
export function optionalAmount(params: Params): number | undefined {
  const text = optionalText(params, 'amount');
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw invalidParameter('amount', `Invalid positive integer: ${text}`, 'parameter_invalid_integer');
  }
  return Number(text);
}

/** What is to be charged, as far as Stripe takes it. */
export function requiredCharge(params: Params): { readonly amount: number; readonly currency: string } {
  const amount = optionalAmount(params) ?? missing('amount');
  const currency = requiredText(params, 'currency').toLowerCase();
  const rules = rulesOf(currency);
  if (rules === undefined) {
    const message = `Invalid currency: ${currency}. Stripe currently supports these currencies: ${currencies.join(', ')}`;
    throw invalidParameter('currency', message);
  }
  const { min, max, step } = rules;
  const money = (limit: number) => `${inWholeUnits(limit, currency)} ${currency}`;
  const refuse = (message: string, code: string) => invalidParameter('amount', message, code);
  if (amount < min) throw refuse(`Amount must be at least ${money(min)}`, 'amount_too_small');
  if (amount > max) throw refuse(`Amount must be no more than ${money(max)}`, 'amount_too_large');
  if (amount % step !== 0) {
    throw refuse(
      `Amounts in ${currency} must be divisible by ${step}, not ${amount}`,
      'invalid_charge_amount',
    );
  }
  return { amount, currency };
}

/** Metadata within Stripe's limits: 50 keys of 40 characters, values of 500. */
export function readMetadata(params: Params): Record<string, string> {
  const entries = Object.entries(params['metadata'] ?? {});
  if (entries.length > 50) throw invalidParameter('metadata', 'Metadata can have at most 50 keys.');
  for (const [key, value] of entries) {
    if (key.length > 40 || typeof value !== 'string' || value.length > 500) {
      const message = 'Metadata keys can have at most 40 characters, and values are strings of at most 500.';
      throw invalidParameter(`metadata[${key}]`, message);
    }
  }
  return Object.fromEntries(entries);
}

function missing(param: string): never {
  throw invalidParameter(param, `Missing required param: ${param}.`, 'parameter_missing');
}
