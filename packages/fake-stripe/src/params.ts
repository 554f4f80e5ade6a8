import { invalidParameter } from './errors.ts';

/** Parameters as they come from a form or a query: strings, or objects and lists of them. */
export type Params = Readonly<Record<string, unknown>>;

const largestAmount = 99_999_999;

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

/** A positive integer of at most eight digits. */
export function optionalAmount(params: Params): number | undefined {
  const text = optionalText(params, 'amount');
  if (text === undefined) return undefined;
  if (!/^\d+$/.test(text) || Number(text) < 1) {
    throw invalidParameter('amount', `Invalid positive integer: ${text}`, 'parameter_invalid_integer');
  }
  if (Number(text) <= largestAmount) return Number(text);
  throw invalidParameter('amount', `Amount must be no more than ${largestAmount}.`, 'amount_too_large');
}

export function requiredAmount(params: Params): number {
  return optionalAmount(params) ?? missing('amount');
}

export function requiredCurrency(params: Params): string {
  const currency = requiredText(params, 'currency').toLowerCase();
  if (!/^[a-z]{3}$/.test(currency)) throw invalidParameter('currency', `Invalid currency: ${currency}`);
  return currency;
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
