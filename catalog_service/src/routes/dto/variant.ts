import { canonicalText, unseenCharacters } from '@shop/service-kit';
import { Transform, type TransformFnParams } from 'class-transformer';
import { buildMessage, ValidateBy } from 'class-validator';
import { isStorable, webAddress } from './text.ts';

const isObject = (value: unknown): value is Record<string, unknown> =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** As it is when it is too long, and so is refused; see `Canonical`. */
const canonical = (value: unknown, maxLength: number) =>
  typeof value === 'string' && [...value].length <= maxLength ? canonicalText(value) : value;

const mostOptions = 10;
const longestName = 40;
const longestValue = 60;

/** Not by the class that holds them: it would take `__proto__` for its own. */
export const CanonicalOptions = () =>
  Transform(({ key, obj }: TransformFnParams) => {
    const value: unknown = obj[key];
    if (!isObject(value)) return value;
    const entries = Object.entries(value).slice(0, mostOptions + 1);
    return Object.fromEntries(
      entries.map(([name, each]) => [`${canonical(name, longestName)}`, canonical(each, longestValue)]),
    );
  });

function optionsFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'must be an object';
  const entries = Object.entries(value);
  if (entries.length > mostOptions) return `must have no more than ${mostOptions} options`;
  const isName = (text: unknown, most: number) =>
    typeof text === 'string' &&
    text !== '' &&
    [...text].length <= most &&
    unseenCharacters(text).length === 0;
  if (!entries.every(([name]) => isName(name, longestName)))
    return `must have names of 1 to ${longestName} visible characters`;
  if (!entries.every(([, text]) => isName(text, longestValue)))
    return `must have values that are texts of 1 to ${longestValue} visible characters`;
  return undefined;
}

const mostMedia = 20;
const longestUrl = 2_000;
const longestAlt = 200;

export const CanonicalMedia = () =>
  Transform(({ key, obj }: TransformFnParams) => {
    const value: unknown = obj[key];
    if (!Array.isArray(value) || value.length > mostMedia) return value;
    return value.map((each: unknown) => {
      if (!isObject(each)) return each;
      const { url, alt = '', ...unknown } = each;
      return { url, alt: canonical(alt, longestAlt), ...unknown };
    });
  });

function mediaFault(value: unknown): string | undefined {
  if (!Array.isArray(value)) return 'must be an array';
  if (value.length > mostMedia) return `must have no more than ${mostMedia} items`;
  for (const [place, each] of value.entries()) {
    const fault = mediumFault(each);
    if (fault !== undefined) return `must have ${fault} at ${place}`;
  }
  return undefined;
}

function mediumFault(value: unknown): string | undefined {
  if (!isObject(value)) return 'an object with url and alt';
  const { url, alt, ...others } = value;
  if (Object.keys(others).length > 0) return 'nothing but url and alt';
  if (typeof url !== 'string' || [...url].length > longestUrl || !webAddress.test(url))
    return 'an http or https URL';
  if (typeof alt !== 'string' || [...alt].length > longestAlt || !isStorable(alt))
    return `an alt of at most ${longestAlt} characters`;
  return undefined;
}

const rule = (name: string, fault: (value: unknown) => string | undefined) => () =>
  ValidateBy({
    name,
    validator: {
      validate: (value) => fault(value) === undefined,
      defaultMessage: buildMessage((_, args) => `$property ${fault(args?.value)}`),
    },
  });

export const IsOptions = rule('isOptions', optionsFault);
export const IsMedia = rule('isMedia', mediaFault);
