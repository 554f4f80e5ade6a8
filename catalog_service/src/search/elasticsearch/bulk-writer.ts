import { PermanentError } from '@shop/messaging';
import type { Client } from './client.ts';
import type { Versioned } from './document.ts';

/** Writes documents, each only where there is none of its version or a later one; gives what failed, by position. */
export type WriteDocuments = (documents: readonly Versioned[]) => Promise<ReadonlyMap<number, Error>>;

export interface BulkTarget {
  /** An index, or an alias of one. */
  readonly index: string;
  /** Rather fail than make an index of that name, when there is no such alias. */
  readonly requireAlias: boolean;
}

/** Whatever order the documents come in, the latest version of each is what stays. */
export function createBulkWriter(client: Client, { index, requireAlias }: BulkTarget): WriteDocuments {
  return async (documents) => {
    const operations = documents.flatMap(({ version, document }) => [
      { index: { _id: String(document.id), version, version_type: 'external' as const } },
      document,
    ]);
    const { items } = await client.bulk({ index, require_alias: requireAlias, operations });
    const failures = items.map(({ index: result }, position) => [position, failureOf(result)] as const);
    return new Map(failures.filter((each): each is [number, Error] => each[1] !== undefined));
  };
}

interface ItemResult {
  readonly status: number;
  readonly error?: {
    readonly type: string;
    readonly reason?: string | null;
    readonly caused_by?: { readonly type: string };
  };
}

/** What is wrong with a document itself. All else (a closed index is a 400 too) may come right. */
const faultsOfDocuments = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
  'max_bytes_length_exceeded_exception',
]);

/** 409: a later version is there, or this one. */
function failureOf(result: ItemResult | undefined): Error | undefined {
  if (result === undefined) return new Error('Elasticsearch said nothing of a document.');
  const { status, error } = result;
  if (status < 300 || status === 409) return undefined;
  const message = `Elasticsearch answered ${status}: ${error?.type}: ${error?.reason}`;
  const types = [error?.type ?? '', error?.caused_by?.type ?? ''];
  return types.some((type) => faultsOfDocuments.has(type)) ? new PermanentError(message) : new Error(message);
}
