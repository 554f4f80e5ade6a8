import { Transform, type TransformFnParams } from 'class-transformer';
import { buildMessage, ValidateBy, type ValidationOptions } from 'class-validator';

const unstorable = /[\0\p{Surrogate}]/u;

/** PostgreSQL takes no NUL in a text, and no half of a surrogate pair in JSON. */
export function IsStorable(options?: ValidationOptions): PropertyDecorator {
  const validate = (value: unknown) => typeof value === 'string' && !unstorable.test(value);
  const wording = (prefix: string) => `${prefix}$property must not contain NUL or half of a surrogate pair`;
  const defaultMessage = buildMessage(wording, options);
  return ValidateBy({ name: 'isStorable', validator: { validate, defaultMessage } }, options);
}

/**
 * Removes the spaces around a text, or around each text of a list. They count for its length: a text that is longer
 * than `maxLength` is not trimmed, and so refused.
 */
export function Trim(maxLength: number): PropertyDecorator {
  const trim = (value: unknown) =>
    typeof value === 'string' && [...value].length <= maxLength ? value.trim() : value;
  return Transform(({ value }: TransformFnParams) => (Array.isArray(value) ? value.map(trim) : trim(value)));
}
