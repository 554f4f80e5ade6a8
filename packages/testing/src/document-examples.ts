import type { ContractDocument } from '@shop/service-kit';
import { pointerPart } from './contract-operations.ts';
import { createSchemas } from './contract-schemas.ts';

/** The examples of a document that do not fit what they are examples of: a test expects it to be empty. */
export function wrongExamples(document: ContractDocument): readonly string[] {
  const found: string[] = [];
  const schemas = createSchemas(document);
  for (const { schema, value } of examplesOf(document)) {
    schemas.check(schema, value, (problem) => found.push(`${schema} ${JSON.stringify(value)}: ${problem}`));
  }
  return found;
}

/** Members whose values are data, however much they look like parts of a document. */
const data = new Set(['example', 'examples', 'default', 'const', 'enum']);

/** Every example of schemas, parameters, headers and bodies, and the JSON pointer of the schema that it is for. */
function* examplesOf(part: unknown, pointer = ''): Generator<{ schema: string; value: unknown }> {
  if (typeof part !== 'object' || part === null) return;
  const { schema, example, examples } = part as Record<string, unknown>;
  // A schema lists its own examples; beside a schema they have names.
  if (Array.isArray(examples)) for (const value of examples) yield { schema: pointer, value };
  else if (schema !== undefined) {
    if (example !== undefined) yield { schema: `${pointer}/schema`, value: example };
    for (const { value } of Object.values(examples ?? {})) yield { schema: `${pointer}/schema`, value };
  }
  for (const [name, member] of Object.entries(part)) {
    if (!data.has(name) || pointer.endsWith('/properties'))
      yield* examplesOf(member, `${pointer}/${pointerPart(name)}`);
  }
}
