import { Ajv2020, type ErrorObject } from 'ajv/dist/2020.js';
import type { FieldError } from '../problems/define-problems.ts';
import { problem } from '../problems/problems.ts';
import type { ContractDocument } from './contract-document.ts';

interface Property {
  readonly $ref?: string;
  readonly type?: string;
}

/**
 * Functions that take input as the schemas of a contract have it.
 * @typeParam Schemas their types by name, as `src/generated/openapi.ts` has them
 */
export function createParsers<Schemas>(document: ContractDocument) {
  const ajv = new Ajv2020({
    allErrors: true,
    useDefaults: true,
    verbose: true,
    formats: { 'date-time': isDateTime, date: isDate },
    // The contract as a whole is no schema; only what is compiled below has to be one.
    keywords: ['components'],
  });
  ajv.addSchema({ $id: 'contract', components: document.components });

  /**
   * A function that takes input as a schema has it.
   * @param field what errors call the input as a whole
   * @throws Problem `validation-failed` naming each field, its rule and what was given
   */
  function parser<Name extends keyof Schemas & string>(name: Name, field = 'body') {
    const validate = ajv.compile<Schemas[Name]>({ $ref: `contract#/components/schemas/${name}` });
    return (input: unknown): Schemas[Name] => {
      if (validate(input)) return input;
      const errors = (validate.errors ?? []).filter(isWhole).map((error) => fieldError(error, field));
      throw problem('validation-failed', { errors });
    };
  }

  /**
   * The same for a query, whose values are texts: those of integers and booleans are converted. What the schema does not
   * know is ignored, as clients add what only others read (`utm_source`).
   */
  function queryParser<Name extends keyof Schemas & string>(name: Name) {
    const schemas: Record<string, Property & { readonly properties?: Record<string, Property> }> =
      document.components.schemas;
    const parse = parser(name);
    const types = Object.entries(schemas[name]?.properties ?? {}).map(([property, { $ref, type }]) => {
      return [property, type ?? schemas[$ref?.split('/').at(-1) ?? '']?.type] as const;
    });
    return (query: Readonly<Record<string, unknown>>): Schemas[Name] => {
      const given = types.filter(([property]) => query[property] !== undefined);
      return parse(
        Object.fromEntries(given.map(([property, type]) => [property, read(query[property], type)])),
      );
    };
  }

  return { parser, queryParser };
}

/** RFC 3339, of years that PostgreSQL knows too; unlike Date, it has no 31st of February and no hour 24. */
function isDateTime(text: string): boolean {
  const pattern = /^(\d{4}-\d\d-\d\d)T(?!24)\d\d:\d\d:\d\d(?:\.\d{1,9})?(?:Z|[+-]\d\d:\d\d)$/;
  const [, day] = pattern.exec(text) ?? [];
  return day !== undefined && isKnownYear(text) && isDay(day);
}

/** One whose end has a known year too. */
function isDate(text: string): boolean {
  const pattern = /^\d{4}-\d\d-\d\d$/;
  return pattern.test(text) && isKnownYear(text) && isDay(text) && text < '9999-12-31';
}

function isKnownYear(time: string): boolean {
  const year = new Date(time).getUTCFullYear();
  // NaN when it is no time at all.
  return year >= 1970 && year <= 9999;
}

function isDay(day: string): boolean {
  return new Date(`${day}T00:00:00Z`).toISOString().startsWith(day);
}

function read(text: unknown, type: string | undefined): unknown {
  if (type === 'integer') return integer(text);
  return type === 'boolean' && (text === 'true' || text === 'false') ? text === 'true' : text;
}

/** A parameter as the whole number that it spells, if it spells one. */
export const integer = (text: unknown): unknown =>
  typeof text === 'string' && /^(0|-?[1-9]\d{0,14})$/.test(text) ? Number(text) : text;

/** Of alternatives, the error that names all of them is enough. */
const isWhole = ({ schemaPath }: ErrorObject) => !/\/anyOf\/\d/.test(schemaPath);

function fieldError(error: ErrorObject, whole: string): FieldError {
  const { instancePath, params, data } = error;
  const path = instancePath.slice(1).replaceAll('/', '.');
  const { missingProperty, additionalProperty } = params as Record<string, unknown>;
  if (typeof missingProperty === 'string')
    return { field: join(path, missingProperty), message: 'is missing' };
  if (typeof additionalProperty === 'string')
    return { field: join(path, additionalProperty), message: 'is not known' };
  return { field: path || whole, message: `${ruleOf(error)}, not ${show(data)}` };
}

function ruleOf({ keyword, params, schema, message, data }: ErrorObject): string | undefined {
  if (keyword === 'enum') return `must be one of ${params['allowedValues'].join(', ')}`;
  if (keyword !== 'anyOf') return message;
  const formats = (schema as { readonly format: string }[]).map(({ format }) => `a ${format}`).join(' or ');
  // In a query a plus is a space.
  const lostPlus = typeof data === 'string' && /\d \d\d:?\d\d$/.test(data);
  return `must be ${formats} (RFC 3339)${lostPlus ? ', whose + is written as %2B' : ''}`;
}

const join = (path: string, member: string) => (path === '' ? member : `${path}.${member}`);

function show(value: unknown): string {
  // Never its contents: nested deeply enough, they overflow the stack.
  if (typeof value === 'object' && value !== null) return Array.isArray(value) ? 'a list' : 'an object';
  const text = JSON.stringify(value) ?? 'nothing';
  return text.length > 60 ? `${text.slice(0, 60)}…` : text;
}
