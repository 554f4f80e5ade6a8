import { Transform } from 'class-transformer';
import { isInt, ValidateBy, ValidateIf } from 'class-validator';

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

const lengthOf = (text: string) => [...text].length;

function textOf(min: number, max: number): Rule {
  return {
    wants: `must be a text of ${min} to ${max} characters`,
    holds: (value) => {
      if (typeof value !== 'string' || unstorable.test(value)) return false;
      const length = lengthOf(value);
      return length >= min && length <= max;
    },
  };
}

/** Spaces around a text mean nothing, but count: a text that is too long as it was given stays so. */
const trimmed = (value: unknown, max: number) =>
  typeof value === 'string' && lengthOf(value) <= max ? value.trim() : value;

/** The property must be a text of so many characters (not UTF-16 units). */
export function IsText(min: number, max: number): PropertyDecorator {
  return both(
    Transform(({ value }) => trimmed(value, max)),
    Is(textOf(min, max)),
  );
}

/** The property must be a list of texts, each of 1 to `max` characters; one that is said again counts once. */
export function IsSetOfTexts(max: number, most: number): PropertyDecorator {
  const asSet = (value: unknown) =>
    Array.isArray(value) && value.length <= most
      ? [...new Set(value.map((item) => trimmed(item, max)))]
      : value;
  return both(
    Transform(({ value }) => asSet(value)),
    IsListOf(textOf(1, max), most),
  );
}

const both =
  (one: PropertyDecorator, other: PropertyDecorator): PropertyDecorator =>
  (target, property) => {
    one(target, property);
    other(target, property);
  };

export function oneOf(choices: readonly unknown[]): Rule {
  return { wants: `must be one of ${choices.join(', ')}`, holds: (value) => choices.includes(value) };
}

export const currencyCode: Rule = {
  wants: 'must be three lower-case letters (ISO 4217)',
  holds: (value) => typeof value === 'string' && /^[a-z]{3}$/.test(value),
};

/** In ASCII, as RFC 3986 has it, and with no user or password before the host. */
export const webAddress: Rule = {
  wants: 'must be an http or https URL of at most 2000 characters',
  holds: (value) =>
    typeof value === 'string' &&
    value.length <= 2_000 &&
    /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-[\]_a-z~]*)?$/.test(value),
};

/** What `nextCursor` looks like; whether it is one is for the search index to say. */
export const cursorText: Rule = {
  wants: 'must be the nextCursor of a reply',
  holds: (value) => typeof value === 'string' && /^[A-Za-z0-9_-]{1,2000}$/.test(value),
};

/** A number in a query string, in plain decimal digits. */
export const FromDigits = () =>
  Transform(({ value }) =>
    typeof value === 'string' && /^(0|[1-9]\d{0,9})$/.test(value) ? Number(value) : value,
  );

/** `true` or `false` in a query string. */
export const FromFlag = () =>
  Transform(({ value }) => (value === 'true' || value === 'false' ? value === 'true' : value));
