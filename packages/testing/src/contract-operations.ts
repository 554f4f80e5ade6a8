import type { ContractDocument } from '@shop/service-kit';

export type Reference = { $ref: string };

export type MediaType = { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> };
export type Reply = { description: string; content?: Record<string, MediaType> };
export type Operation = {
  /** Who may call it: anybody when it is empty. */
  security?: Record<string, string[]>[];
  /** Which roles may, of callers with a token; all of them if it is not there. */
  'x-roles'?: string[];
  parameters?: ({ name: string; in: 'path' | 'query' | 'header'; required?: boolean } | Reference)[];
  requestBody?: { content: Record<string, MediaType> } | Reference;
  responses: Record<string, Reply | Reference>;
};

/** The part itself, or what it refers to within the document, and its JSON pointer. */
export function follow<T>(
  document: ContractDocument,
  value: T | Reference,
  pointer = '',
): { value: T; pointer: string } {
  const { $ref } = value as Partial<Reference>;
  if ($ref === undefined) return { value: value as T, pointer };
  const target = $ref.slice('#'.length);
  const found = target
    .split('/')
    .slice(1)
    .map((part) => decodeURIComponent(part).replaceAll('~1', '/').replaceAll('~0', '~'))
    .reduce<unknown>((at, name) => (at as Record<string, unknown> | undefined)?.[name], document);
  if (found === undefined) throw new Error(`The document has no ${$ref}.`);
  return follow(document, found as T, target);
}

export type DescribedOperation = ReturnType<typeof listOperations>[number];

const methods = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** Every operation of a document, with its method in lower case, its path template and its JSON pointer. */
export function listOperations({ paths }: ContractDocument) {
  return Object.entries(paths).flatMap(([path, item]) =>
    Object.entries(item)
      .filter(([method]) => methods.has(method))
      .map(([method, operation]) => ({
        method,
        path,
        operation: operation as Operation,
        pointer: `/paths/${pointerPart(path)}/${method}`,
      })),
  );
}

export const pointerPart = (part: string) => part.replaceAll('~', '~0').replaceAll('/', '~1');
