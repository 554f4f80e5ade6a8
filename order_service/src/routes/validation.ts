import type { FieldError } from '@shop/service-kit';
import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import { document, type Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';

const ajv = new Ajv2020({
  allErrors: true,
  useDefaults: true,
  verbose: true,
  formats: { 'date-time': isDateTime },
  // The contract as a whole is no schema; only what is compiled below has to be one.
  keywords: ['components'],
});
ajv.addSchema({ $id: 'contract', components: document.components });

/** RFC 3339, of years that PostgreSQL knows too; unlike Date, it has no 31st of February and no hour 24. */
function isDateTime(text: string): boolean {
  const pattern = /^(\d{4}-\d\d-\d\d)T(?!24)\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
  const [, day] = pattern.exec(text) ?? [];
  const year = new Date(text).getUTCFullYear();
  // NaN when it is no time at all.
  if (day === undefined || !(year >= 1970 && year <= 9999)) return false;
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

/**
 * A function that takes input as a schema of `openapi.yaml` has it.
 * @param field what errors call the input as a whole
 * @throws Problem `validation-failed` naming each field, its rule and what was given
 */
export function parser<Name extends keyof Schemas>(name: Name, field = 'body') {
  const validate = ajv.compile<Schemas[Name]>({ $ref: `contract#/components/schemas/${name}` });
  return (input: unknown): Schemas[Name] => {
    if (validate(input)) return input;
    const errors = (validate.errors ?? []).map((error) => fieldError(error, field));
    throw problem('validation-failed', { errors });
  };
}

function fieldError({ instancePath, params, message, data }: ErrorObject, whole: string): FieldError {
  const path = instancePath.slice(1).replaceAll('/', '.');
  const { missingProperty, additionalProperty, allowedValues } = params as Record<string, unknown>;
  if (typeof missingProperty === 'string')
    return { field: join(path, missingProperty), message: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { field: join(path, additionalProperty), message: 'is not known' };
  const rule = Array.isArray(allowedValues) ? `must be one of ${allowedValues.join(', ')}` : message;
  return { field: path || whole, message: `${rule}, not ${show(data)}` };
}

const join = (path: string, member: string) => (path === '' ? member : `${path}.${member}`);

function show(value: unknown): string {
  // Never its contents: nested deeply enough, they overflow the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}

/** A parameter of a path or query as the whole number or truth value that it spells, if it spells one. */
export function jsonValue(text: unknown): unknown {
  if (typeof text !== 'string') return text;
  if (/^-?\d{1,15}$/.test(text)) return Number(text);
  return text === 'true' || text === 'false' ? text === 'true' : text;
}
