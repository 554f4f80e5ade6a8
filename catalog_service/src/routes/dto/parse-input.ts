import { type FieldError, invalidInput } from '@shop/service-kit';
import { plainToInstance } from 'class-transformer';
import { type ValidationError, validateSync } from 'class-validator';
import type { Rule } from './rules.ts';

/**
 * The input as an instance of its DTO.
 * @throws AppError `validation-failed` naming every field that is wrong or unknown, and what was given
 */
export function parseInput<T extends object>(dto: new () => T, input: unknown): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw invalidInput([{ field: 'body', message: `must be a JSON object, ${given(input)}` }]);
  }
  const instance = plainToInstance(dto, input);
  const errors = validateSync(instance, { whitelist: true, forbidNonWhitelisted: true });
  if (errors.length > 0) throw invalidInput(errors.flatMap(toFieldErrors));
  return instance;
}

function toFieldErrors({ property, value, constraints = {}, contexts = {} }: ValidationError): FieldError[] {
  if (constraints['whitelistValidation']) return [{ field: property, message: 'is not known here' }];
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
