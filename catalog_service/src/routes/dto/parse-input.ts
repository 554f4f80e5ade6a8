import type { FieldError } from '@shop/service-kit';
import { plainToInstance } from 'class-transformer';
import { getMetadataStorage, type ValidationError, validateSync } from 'class-validator';
import { problem } from '../../problems.ts';

/**
 * The input as an instance of its DTO.
 * @throws Problem `validation-failed` with every field that is wrong or unknown, and what was given
 */
export function parseInput<T extends object>(dto: new () => T, input: unknown): T {
  if (typeof input !== 'object' || input === null || Array.isArray(input)) {
    throw problem('validation-failed', { errors: [{ field: 'body', message: 'must be a JSON object' }] });
  }
  const known = propertiesOf(dto);
  const members = Object.entries(input);
  const given = members.filter(([name, value]) => known.has(name) && !hidesConstructor(value));
  const instance = plainToInstance(dto, Object.fromEntries(given));
  const errors = [
    ...members.flatMap(([field, value]) => (hidesConstructor(value) ? [{ field, message: hidden }] : [])),
    ...validate(instance).flatMap((error) => fieldErrors(dto, error)),
    // Not left to class-validator's whitelist, which does not see `constructor` and what else every object has.
    ...members.flatMap(([field]) => (known.has(field) ? [] : [{ field, message: 'is not known here' }])),
  ];
  if (errors.length > 0) throw problem('validation-failed', { errors });
  return instance;
}

/** The same for a query, of which all that the DTO does not know is ignored: clients add what others read (`utm_source`). */
export function parseQuery<T extends object>(dto: new () => T, query: object): T {
  return parseInput(dto, knownMembers(dto, query));
}

/** Those members of a query that a DTO knows. */
export function knownMembers(dto: new () => object, query: object): object {
  const known = propertiesOf(dto);
  return Object.fromEntries(Object.entries(query).filter(([name]) => known.has(name)));
}

const hidden = 'must not have a member that is called constructor';

/** class-transformer would call it. */
function hidesConstructor(value: unknown): boolean {
  if (typeof value !== 'object' || value === null) return false;
  return Object.hasOwn(value, 'constructor') || Object.values(value).some(hidesConstructor);
}

/** What must not be left out has `@IsDefined()`. */
const validate = (instance: object) =>
  validateSync(instance, { stopAtFirstError: true, skipUndefinedProperties: true });

/** Of each DTO, as class-validator goes through all rules to find its own. */
const properties = new Map<new () => object, ReadonlySet<string>>();

function propertiesOf(dto: new () => object): ReadonlySet<string> {
  const known = properties.get(dto);
  if (known !== undefined) return known;
  const rules = getMetadataStorage().getTargetValidationMetadatas(dto, '', false, false);
  const names = new Set(rules.map(({ propertyName }) => propertyName));
  properties.set(dto, names);
  return names;
}

const eachValue = /^each value in \w+ /;

function fieldErrors(
  dto: new () => object,
  { property, value, constraints = {} }: ValidationError,
): FieldError[] {
  if (value === undefined) return [{ field: property, message: 'is missing' }];
  const [message = 'is not valid'] = Object.values(constraints);
  if (eachValue.test(message)) return itemErrors(dto, property, value as unknown[]);
  return [{ field: property, message: `${withoutName(message, property)} (${given(value)})` }];
}

/** class-validator does not tell which items of a list are wrong, so each is validated in a list of its own. */
function itemErrors(dto: new () => object, property: string, items: readonly unknown[]): FieldError[] {
  return items.flatMap((item, index) => {
    const errors = validate(Object.assign(new dto(), { [property]: [item] }));
    const message = Object.values(errors.find((error) => error.property === property)?.constraints ?? {})[0];
    if (message === undefined) return [];
    return [{ field: `${property}.${index}`, message: `${message.replace(eachValue, '')} (${given(item)})` }];
  });
}

const withoutName = (message: string, property: string) =>
  message.startsWith(`${property} `) ? message.slice(property.length + 1) : message;

const longestQuote = 60;

function given(value: unknown): string {
  const text = JSON.stringify(value);
  return `given: ${text.length > longestQuote ? `${text.slice(0, longestQuote)}…` : text}`;
}
