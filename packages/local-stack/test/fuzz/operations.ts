import type { ServiceName } from '../bad-input/row.ts';

// biome-ignore lint/suspicious/noExplicitAny: a schema is whatever JSON Schema allows
export type Schema = any;
type Document = Record<string, Schema>;

export interface Operation {
  readonly service: Exclude<ServiceName, 'storefront'>;
  readonly method: string;
  /** As the document writes it. */
  readonly path: string;
  readonly parameters: readonly { readonly name: string; readonly in: string; readonly schema: Schema }[];
  readonly body?: { readonly type: string; readonly schema: Schema; readonly example: unknown } | undefined;
  /** Whether the gateway passes it on. */
  readonly isPublic: boolean;
}

const names = ['user', 'catalog', 'order', 'payment'] as const;
const methods = new Set(['get', 'put', 'post', 'patch', 'delete']);

/** Every operation of the four documents, its references resolved. */
export async function readOperations(inside: ReadonlySet<string>): Promise<readonly Operation[]> {
  const documents = names.map(async (service) => {
    const { document } = (await import(`${service}_service`)) as { document: Document };
    return Object.entries<Schema>(document['paths']).flatMap(([path, item]) =>
      Object.entries<Schema>(item)
        .filter(([method]) => methods.has(method))
        .map(([method, operation]): Operation => {
          const described = [...(item.parameters ?? []), ...(operation.parameters ?? [])];
          return {
            service,
            method: method.toUpperCase(),
            path,
            parameters: described.map((parameter) => {
              const { name, in: place, schema } = follow(document, parameter);
              return { name, in: place, schema: resolved(document, schema) };
            }),
            body: operation.requestBody && bodyOf(document, operation.requestBody),
            isPublic: !inside.has(`${service} ${method.toUpperCase()} ${path}`),
          };
        }),
    );
  });
  return (await Promise.all(documents)).flat();
}

function bodyOf(document: Document, requestBody: Schema): Operation['body'] {
  const [[type, media] = []] = Object.entries<Schema>(follow(document, requestBody).content ?? {});
  if (type === undefined) return undefined;
  const schema = resolved(document, media.schema?.contentSchema ?? media.schema ?? {});
  const example = media.example ?? Object.values<Schema>(media.examples ?? {})[0]?.value ?? {};
  return { type, schema, example };
}

function follow(document: Document, value: Schema): Schema {
  if (value?.$ref === undefined) return value;
  const found = value.$ref
    .slice(2)
    .split('/')
    .reduce((at: Schema, part: string) => at[decodeURIComponent(part).replaceAll('~1', '/')], document);
  return follow(document, found);
}

/** No schema of a request refers to itself. */
function resolved(document: Document, schema: Schema): Schema {
  if (Array.isArray(schema)) return schema.map((part) => resolved(document, part));
  if (typeof schema !== 'object' || schema === null) return schema;
  const { $ref, ...rest } = schema;
  const own = Object.fromEntries(
    Object.entries(rest).map(([key, value]) => [key, key === 'example' ? value : resolved(document, value)]),
  );
  return $ref === undefined ? own : { ...resolved(document, follow(document, { $ref })), ...own };
}
