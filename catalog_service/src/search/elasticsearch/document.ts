import { PermanentError } from '@shop/messaging';
import type { Product } from '../../domain/product.ts';
import { foldText, wordsOf } from '../folding.ts';
import type { Client } from './client.ts';
import { sortKey } from './sort-key.ts';

/** What the index has of a product, and its version. */
export interface Versioned {
  readonly version: number;
  readonly document: { readonly id: number; readonly deleted: boolean };
}

/** What {@link documentOf} adds to a product. */
export const derivedFields = [
  'deleted',
  'words',
  'nameKey',
  'nameLength',
  'sortKey',
  'categoryKey',
  'tagKeys',
  'groupKey',
];

/** Texts are folded and taken apart here: Elasticsearch only splits words at spaces. */
export function documentOf(product: Product): Versioned {
  const { id, name, category, tags, description, groupId, version } = product;
  const words = { name, labels: [category ?? '', ...tags].join(' '), category: category ?? '', description };
  const derived = {
    deleted: false,
    words: Object.fromEntries(Object.entries(words).map(([field, text]) => [field, wordsOf(text).join(' ')])),
    nameKey: foldText(name),
    nameLength: [...name].length,
    sortKey: sortKey(name),
    categoryKey: category === null ? null : foldText(category),
    tagKeys: tags.map(foldText),
    // What is in no group is one of its own.
    groupKey: groupId === null ? `product ${id}` : `group ${groupId}`,
  };
  return { version, document: { ...product, ...derived } };
}

/**
 * A deleted product stays as a document: Elasticsearch forgets the version of a deletion after a minute, and an old
 * event that came again would raise the dead.
 */
export const tombstoneOf = ({ id, version }: Pick<Product, 'id' | 'version'>): Versioned => ({
  version,
  document: { id, deleted: true },
});

/**
 * Writes documents, each only where there is none of its version or a later one: the latest version of each stays,
 * whatever order they come in. Fails rather than make an index when there is no such alias.
 * @returns for each what went wrong with it, if anything did
 */
export async function writeDocuments(
  client: Client,
  alias: string,
  documents: readonly Versioned[],
): Promise<(Error | undefined)[]> {
  const operations = documents.flatMap(({ version, document }) => [
    { index: { _id: String(document.id), version, version_type: 'external' as const } },
    document,
  ]);
  const { items } = await client.bulk({ index: alias, require_alias: true, operations });
  return items.map(({ index: result }) => {
    // 409: a later version is there, or this one.
    if (result?.error === undefined || result.status === 409) return undefined;
    const { type, reason, caused_by: cause } = result.error;
    const message = `Elasticsearch answered ${result.status}: ${type}: ${reason}`;
    const isPermanent = faultsOfDocuments.has(type) || faultsOfDocuments.has(cause?.type ?? '');
    return isPermanent ? new PermanentError(message) : new Error(message);
  });
}

/** What is wrong with a document itself. All else (a closed index is a 400 too) may come right. */
const faultsOfDocuments = new Set([
  'document_parsing_exception',
  'mapper_parsing_exception',
  'strict_dynamic_mapping_exception',
  'max_bytes_length_exceeded_exception',
]);
