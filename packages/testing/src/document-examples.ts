import { pointerPart } from './contract-operations.ts';

export type DocumentExample = {
  /** JSON pointer of the schema that the example is for. */
  schema: string;
  value: unknown;
};

/** Members whose values are data, however much they look like parts of a document. */
const data = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** Every example within an OpenAPI document: of schemas, parameters, headers and bodies. */
export function examplesOf(part: unknown, pointer = ''): readonly DocumentExample[] {
  if (typeof part !== 'object' || part === null) return [];
  const { schema, example, examples } = part as Record<string, unknown>;
  const own: unknown[] = Array.isArray(examples) ? examples : [];
  const ofSchema = [
    ...(example === undefined ? [] : [example]),
    ...Object.values(Array.isArray(examples) ? [] : (examples ?? {})).map(({ value }) => value),
  ];
  return [
    ...own.map((value) => ({ schema: pointer, value })),
    ...(schema === undefined ? [] : ofSchema.map((value) => ({ schema: `${pointer}/schema`, value }))),
    ...Object.entries(part)
      .filter(([name]) => !data.has(name) || pointer.endsWith('/properties'))
      .flatMap(([name, member]) => examplesOf(member, `${pointer}/${pointerPart(name)}`)),
  ];
}
