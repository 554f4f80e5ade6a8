import { type FieldError, invalidInput } from '@shop/service-kit';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import type { Rule } from './rules.ts';

/**
 * The input as an instance of its DTO.
 * @throws AppError `validation-failed` naming every field that is wrong or unknown, and what was given
 */
export function parseInput<T extends object>(dto: new () => T, input: unknown): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidInput([{ field: 'body', message: `must be a JSON object, ${given(input)}` }]);
  }
  const known = propertiesOf(dto);
  const members = Object.entries(input);
  const instance = plainToInstance(dto, Object.fromEntries(members.filter(([name]) => known.has(name))));
  const errors = [
    ...validateSync(instance).flatMap(toFieldErrors),
    // Not left to class-validator's whitelist, which never sees `constructor` and what else every object has.
    ...members.flatMap(([field]) => (known.has(field) ? [] : [{ field, message: 'is not known here' }])),
  ];
  if (errors.length > 0) throw invalidInput(errors);
  return instance;
}

function propertiesOf(dto: new () => object): ReadonlySet<string> {
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  return new Set(rules.map(({ propertyName }) => propertyName));
}

function toFieldErrors({ property, value, constraints = {}, contexts = {} }: ValidationError): FieldError[] {
  if (constraints['is']) return [{ field: property, message: `${constraints['is']}, ${given(value)}` }];
  const { wants, holds } = contexts['items'] as Rule;
  return (value as unknown[]).flatMap((item, index) =>
    holds(item) ? [] : [{ field: `${property}.${index}`, message: `${wants}, ${given(item)}` }],
  );
}

const longestQuote = 60;

function given(value: unknown): string {
  if (value === undefined) return 'and is missing';
  const text = JSON.stringify(value);
  return `not ${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}`;
}
