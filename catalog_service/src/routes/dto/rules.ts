import { Transform } from 'class-transformer';
import { isInt, isURL, ValidateBy, ValidateIf } from 'class-validator';

/** A check of one value, and how to say what it wants: "must be …". */
export interface Rule {
  readonly wants: string;
  readonly holds: (value: unknown) => boolean;
}

/** The property must fulfil a rule. */
export function Is({ wants, holds }: Rule): PropertyDecorator {
  return ValidateBy({ name: 'is', validator: { validate: holds, defaultMessage: () => wants } });
}

/** The property must be a list of at most so many items, each of which fulfils a rule. */
export function IsListOf(rule: Rule, most: number): PropertyDecorator {
  const holds = (value: unknown) => Array.isArray(value) && value.length <= most;
  const list = Is({ wants: `must be a list of at most ${most}`, holds });
  const items = ValidateBy(
    {
      name: 'items',
      validator: {
        validate: (value) => !Array.isArray(value) || value.every(rule.holds),
        defaultMessage: () => rule.wants,
      },
    },
    // For whoever words the error: which of the items it was.
    { context: rule },
  );
  return (target, property) => {
    list(target, property);
    items(target, property);
  };
}

/** May be left out, but not be null. */
export const Optional = () => ValidateIf((_, value) => value !== undefined);

/** May be left out, and null means "none". */
export const Nullable = () => ValidateIf((_, value) => value !== undefined && value !== null);

export function wholeNumber(min: number, max: number): Rule {
  return {
    wants: `must be a whole number from ${min} to ${max}`,
    holds: (value) => isInt(value) && (value as number) >= min && (value as number) <= max,
  };
}

/** PostgreSQL takes no NUL in a text, and no half of a surrogate pair in JSON. */
const unstorable = /[\0\p{Surrogate}]/u;

export function textOf(min: number, max: number): Rule {
  return {
    wants: `must be a text of ${min} to ${max} characters`,
    holds: (value) => {
      if (typeof value !== 'string' || unstorable.test(value)) return false;
      const length = [...value].length;
      return length >= min && length <= max;
    },
  };
}

export function oneOf(choices: readonly unknown[]): Rule {
  return { wants: `must be one of ${choices.join(', ')}`, holds: (value) => choices.includes(value) };
}

export const currencyCode: Rule = {
  wants: 'must be three lower-case letters (ISO 4217)',
  holds: (value) => typeof value === 'string' && /^[a-z]{3}$/.test(value),
};

export const webAddress: Rule = {
  wants: 'must be an http or https URL of at most 2000 characters',
  holds: (value) =>
    typeof value === 'string' &&
    value.length <= 2_000 &&
    isURL(value, { protocols: ['http', 'https'], require_protocol: true, require_tld: false }),
};

const trim = (value: unknown) => (typeof value === 'string' ? value.trim() : value);

/** Spaces around a text mean nothing. */
export const Trimmed = () => Transform(({ value }) => trim(value));

/** The same for a list of texts, each of which counts once. */
export const TrimmedSet = () =>
  Transform(({ value }) => (Array.isArray(value) ? [...new Set(value.map(trim))] : value));

/** A number in a query string, in plain decimal digits. */
export const FromDigits = () =>
  Transform(({ value }) =>
    typeof value === 'string' && /^(0|[1-9]\d{0,9})$/.test(value) ? Number(value) : value,
  );

/** `true` or `false` in a query string. */
export const FromFlag = () =>
  Transform(({ value }) => (value === 'true' || value === 'false' ? value === 'true' : value));
