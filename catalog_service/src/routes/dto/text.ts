import { canonicalText, unseenCharacters } from '@shop/service-kit';
import { Transform, type TransformFnParams } from 'class-transformer';
import { buildMessage, ValidateBy, type ValidationArguments, type ValidationOptions } from 'class-validator';

/** In ASCII, as RFC 3986 has it, without a user or password before the host. */
export const webAddress = /^https?:\/\/[A-Za-z0-9.-]+(:[0-9]{1,5})?([/?#][!#-;=?-[\]_a-z~]*)?$/;

const unstorable = /[\0\p{Surrogate}]/u;
export const isStorable = (text: string) => !unstorable.test(text);

/** PostgreSQL takes no NUL in a text, and no half of a surrogate pair in JSON. */
export function IsStorable(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && isStorable(value);
  const wording = (prefix: string) => `${prefix}$property must not contain NUL or half of a surrogate pair`;
  const defaultMessage = buildMessage(wording, options);
  return ValidateBy({ name: 'isStorable', validator: { validate, defaultMessage } }, options);
}

/** Where two texts that look the same must be the same, and nothing in them can turn what is around them. */
export function IsVisible(options?: ValidationOptions): PropertyDecorator {
  const unseen = (value: unknown) => (typeof value === 'string' ? unseenCharacters(value) : []);
  const validate = (value: unknown) => typeof value === 'string' && unseen(value).length === 0;
  const wording = (prefix: string, args?: ValidationArguments) =>
    `${prefix}$property must have no invisible, private or unassigned characters, but has ${[args?.value].flat().flatMap(unseen).join(', ')}`;
  const defaultMessage = buildMessage(wording, options);
  return ValidateBy({ name: 'isVisible', validator: { validate, defaultMessage } }, options);
}

/**
 * Makes a text, or each of a list, canonical: composed (NFC), without the spaces around it. It counts for its length as it
 * was given, too: a text that is longer than `maxLength` stays as it is, and so is refused.
 */
export function Canonical(maxLength: number): PropertyDecorator {
  const canonical = (value: unknown) =>
    typeof value === 'string' && [...value].length <= maxLength ? canonicalText(value) : value;
  return Transform(({ value }: TransformFnParams) =>
    Array.isArray(value) ? value.map(canonical) : canonical(value),
  );
}
