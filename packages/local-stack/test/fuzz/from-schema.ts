import * as fc from 'fast-check';
import type { Schema } from './operations.ts';

/** Values that a schema allows, as far as its common keywords go; those of its examples most of all. */
export function fromSchema(schema: Schema): fc.Arbitrary<unknown> {
  const { examples = [], ...rest } = merged(schema);
  const made = byKeyword(rest);
  return examples.length === 0 ? made : fc.oneof(made, fc.constantFrom(...examples));
}

function byKeyword(schema: Schema): fc.Arbitrary<unknown> {
  const { oneOf, anyOf, const: only, enum: some, ...rest } = schema;
  if (only !== undefined) return fc.constant(only);
  if (some !== undefined) return fc.constantFrom(...some);
  const choices: Schema[] | undefined = oneOf ?? anyOf;
  if (choices !== undefined) return fc.oneof(...choices.map((each) => fromSchema({ allOf: [rest, each] })));
  const types: string[] = [rest.type ?? (rest.properties ? 'object' : undefined)].flat();
  return fc.oneof(...types.map((type) => (byType[type] ?? (() => fc.jsonValue()))(rest)));
}

const byType: Readonly<Record<string, (schema: Schema) => fc.Arbitrary<unknown>>> = {
  null: () => fc.constant(null),
  boolean: () => fc.boolean(),
  integer: ({ minimum = -10, maximum = 2 ** 40 }) =>
    fc.oneof(
      { weight: 3, arbitrary: fc.integer({ min: minimum, max: Math.min(maximum, minimum + 120) }) },
      {
        weight: 1,
        arbitrary: fc.maxSafeInteger().map((n) => minimum + (Math.abs(n) % (maximum - minimum + 1))),
      },
      { weight: 1, arbitrary: fc.constantFrom(minimum, maximum) },
    ),
  number: ({ minimum = -1e9, maximum = 1e9 }) => fc.double({ min: minimum, max: maximum, noNaN: true }),
  string: stringOf,
  array: ({ items = {}, minItems = 0, maxItems = 1_000 }) =>
    fc.array(fromSchema(items), { minLength: minItems, maxLength: Math.min(maxItems, minItems + 4) }),
  object: ({ properties = {}, required = [], additionalProperties }) => {
    const known = fc.record(
      Object.fromEntries(Object.entries<Schema>(properties).map(([name, each]) => [name, fromSchema(each)])),
      { requiredKeys: required.filter((name: string) => name in properties), noNullPrototype: true },
    );
    if (typeof additionalProperties !== 'object') return known;
    const others = fc.dictionary(fc.stringMatching(/^[a-z]{1,8}$/), fromSchema(additionalProperties), {
      maxKeys: 3,
    });
    return fc.tuple(others, known).map(([more, own]) => ({ ...more, ...own }));
  },
};

const formats: Readonly<Record<string, () => fc.Arbitrary<string>>> = {
  'date-time': () => dates().map((date) => date.toISOString()),
  date: () => dates().map((date) => date.toISOString().slice(0, 10)),
  uri: () => fc.webUrl(),
  email: () => fc.emailAddress(),
  uuid: () => fc.uuid(),
};

const dates = () => fc.date({ min: new Date(0), max: new Date('2100-01-01'), noInvalidDate: true });

function stringOf({ format, pattern, minLength = 0, maxLength = 60 }: Schema): fc.Arbitrary<string> {
  const made = formats[format]?.();
  if (made !== undefined) return made;
  const lengths = { minLength, maxLength: Math.min(maxLength, minLength + 60) };
  const plain = fc.string({
    ...lengths,
    unit: fc.constantFrom(...'abcdefghijklmnopqrstuvwxyz0123456789-_ éß漢'),
  });
  if (pattern === undefined) return fc.oneof(plain, fc.string({ ...lengths, unit: 'binary' }));
  const fits = new RegExp(pattern, 'u');
  const likely = fc.oneof(plain, fc.emailAddress(), fc.webUrl(), fc.uuid());
  try {
    return fc.oneof(fc.stringMatching(fits), likely);
  } catch {
    // It knows no look-ahead and no Unicode properties.
    return likely;
  }
}

/** A schema and all that `allOf` adds to it. */
function merged({ allOf = [], ...own }: Schema): Schema {
  const parts: Schema[] = [own, ...allOf.map(merged)];
  const properties = parts.flatMap((part) => Object.entries(part.properties ?? {}));
  return {
    ...Object.fromEntries(parts.flatMap((part) => Object.entries(part))),
    ...(properties.length > 0 && { properties: Object.fromEntries(properties) }),
    required: parts.flatMap((part) => part.required ?? []),
  };
}
