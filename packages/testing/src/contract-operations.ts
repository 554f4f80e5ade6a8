import type { ContractDocument } from '@shop/service-kit';

export type Reference = { $ref: string };

export type Parameter = { name: string; in: 'path' | 'query' | 'header'; required?: boolean };
export type MediaType = { schema?: object; example?: unknown; examples?: Record<string, { value: unknown }> };
export type Reply = { description: string; content?: Record<string, MediaType> };
export type Operation = {
  /** Who may call it: anybody when it is empty. */
  security?: Record<string, string[]>[];
  /** Which roles may, of callers with a token; all of them if it is not there. */
  'x-roles'?: string[];
  parameters?: (Parameter | Reference)[];
  requestBody?: { content: Record<string, MediaType> } | Reference;
  responses: Record<string, Reply | Reference>;
};

/** A part of a document and its JSON pointer. */
export type Part<T> = { value: T; pointer: string };

/** The part itself, or what it refers to within the document. */
export function follow<T>(document: ContractDocument, value: T | Reference, pointer = ''): Part<T> {
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

export type DescribedOperation = {
  /** In lower case. */
  method: string;
  /** As the document has it: `/orders/{orderNumber}`. */
  path: string;
  operation: Operation;
  /** JSON pointer of the operation. */
  pointer: string;
};

const methods = new Set(['get', 'put', 'post', 'delete', 'patch']);

/** Every operation of a document. */
export function listOperations({ paths }: ContractDocument): DescribedOperation[] {
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
