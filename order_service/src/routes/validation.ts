import { type FieldError, invalidInput } from '@shop/service-kit';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';

const ajv = new Ajv2020({
  allErrors: true,
  useDefaults: true,
  allowUnionTypes: true,
  verbose: true,
  formats: { 'date-time': isDateTime },
});

/** RFC 3339; unlike Date, it has no 31st of February. */
function isDateTime(text: string): boolean {
  const [, day] = /^(\d{4}-\d\d-\d\d)T\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/.exec(text) ?? [];
  if (day === undefined || Number.isNaN(Date.parse(text))) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/**
 * A function that takes input of the schema's type and refuses any other, naming each field, its rule and what
 * was given.
 */
export function parser<T>(schema: object): (input: unknown) => T {
  const validate = ajv.compile<T>(schema);
  return (input) => {
    if (validate(input)) return input;
    throw invalidInput((validate.errors ?? []).map(fieldError));
  };
}

function fieldError(error: ErrorObject): FieldError {
  const path = error.instancePath.slice(1).replaceAll('/', '.');
  const { missingProperty, additionalProperty, allowedValues } = error.params as Record<string, unknown>;
  if (typeof missingProperty === 'string')
    return { field: join(path, missingProperty), message: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { field: join(path, additionalProperty), message: 'is not known' };
  const rule = Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : error.message;
  return { field: path || 'body', message: `${rule}, not ${show(error.data)}` };
}

const join = (path: string, member: string) => (path === '' ? member : `${path}.${member}`);

function show(value: unknown): string {
  // Never its contents: nested deeply enough, they overflow the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** The parameters of a query or a path as JSON values: what looks like a whole number becomes one. */
export function withNumbers(parameters: Readonly<Record<string, unknown>>): Record<string, unknown> {
  return Object.fromEntries(
    Object.entries(parameters).map(([name, value]) => [
      name,
      typeof value === 'string' && /^-?\d{1,15}$/.test(value) ? Number(value) : value,
    ]),
  );
}
