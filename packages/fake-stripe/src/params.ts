import { invalidParameter, missingParameter } from './errors.ts';
import type { Metadata } from './objects.ts';

/** Parameters as they come from a form: strings, or objects and lists of them. */
export type Params = Readonly<Record<string, unknown>>;

const LARGEST_AMOUNT = 99_999_999;

/** A parameter that is a string, or undefined when it is absent or empty (Stripe's way to unset). */
export function optionalText(params: Params, name: string): string | undefined {
  const value = params[name];
  if (value === undefined || value === '') return undefined;
  if (typeof value !== 'string') throw invalidParameter(name, `Invalid string: ${JSON.stringify(value)}`);
  return value;
}

export function requiredText(params: Params, name: string): string {
  const value = optionalText(params, name);
  if (value === undefined) throw missingParameter(name);
  return value;
}

export function oneOf<T extends string>(params: Params, name: string, allowed: readonly T[]): T | undefined {
  const value = optionalText(params, name);
  if (value === undefined) return undefined;
  const match = allowed.find((candidate) => candidate === value);
  if (match === undefined) {
    throw invalidParameter(name, `Invalid ${name}: must be one of ${allowed.join(', ')}`);
  }
  return match;
}

export function optionalInteger(params: Params, name: string, least: number): number | undefined {
  const text = optionalText(params, name);
  if (text === undefined) return undefined;
  if (!/^-?\d{1,15}$/.test(text)) {
    throw invalidParameter(name, `Invalid integer: ${text}`, 'parameter_invalid_integer');
  }
  const value = Number(text);
  if (value < least) {
    const message = `This value must be greater than or equal to ${least}.`;
    throw invalidParameter(name, message, 'parameter_invalid_integer');
  }
  return value;
}

/** An integer amount in the smallest unit of the currency, from 1 to Stripe's eight digits. */
export function optionalAmount(params: Params): number | undefined {
  const amount = optionalInteger(params, 'amount', 1);
  if (amount !== undefined && amount > LARGEST_AMOUNT) {
    throw invalidParameter('amount', `Amount must be no more than ${LARGEST_AMOUNT}.`, 'amount_too_large');
  }
  return amount;
}

export function requiredAmount(params: Params): number {
  const amount = optionalAmount(params);
  if (amount === undefined) throw missingParameter('amount');
  return amount;
}

export function requiredCurrency(params: Params): string {
  const currency = requiredText(params, 'currency').toLowerCase();
  if (!/^[a-z]{3}$/.test(currency)) throw invalidParameter('currency', `Invalid currency: ${currency}`);
  return currency;
}

/** Metadata within Stripe's limits: 50 keys of 40 characters, values of 500. */
export function readMetadata(params: Params): Metadata {
  const value = params['metadata'];
  if (value === undefined || value === '') return {};
  if (typeof value !== 'object' || value === null || Array.isArray(value)) {
    throw invalidParameter('metadata', 'Invalid object');
  }
  const entries = Object.entries(value).filter(([, text]) => text !== '');
  if (entries.length > 50) throw invalidParameter('metadata', 'Metadata can have at most 50 keys.');
  for (const [key, text] of entries) checkMetadataEntry(key, text);
  return Object.fromEntries(entries) as Metadata;
}

function checkMetadataEntry(key: string, text: unknown): void {
  const param = `metadata[${key}]`;
  if (typeof text !== 'string') throw invalidParameter(param, 'Metadata values must be strings.');
  if (key.length > 40) throw invalidParameter(param, 'Metadata keys can be at most 40 characters.');
  if (text.length > 500) throw invalidParameter(param, 'Metadata values can be at most 500 characters.');
}
