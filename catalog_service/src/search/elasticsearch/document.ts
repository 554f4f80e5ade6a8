import type { EventData } from '@shop/contracts';
import { PermanentError } from '@shop/messaging';
import type { Product } from '../../domain/product.ts';
import type { Client } from './client.ts';

/** What the index has of a product on sale. */
export interface ProductDocument extends Product {
  readonly deleted: false;
  readonly sortName: string;
  readonly nameLength: number;
}

/** A document, with the version of the product that it is. */
export interface Versioned {
  readonly version: number;
  readonly document: ProductDocument | { readonly id: number; readonly deleted: true };
}

export function documentOf(product: Product): Versioned {
  const { name, version } = product;
  const document = {
    ...product,
    deleted: false,
    sortName: sortName(name),
    nameLength: [...name].length,
  } as const;
  return { version, document };
}

/**
 * A deleted product stays as a document: Elasticsearch forgets the version of a deletion after a minute, and an old
 * event that came again would raise the dead.
 */
export const tombstoneOf = (id: number, version: number): Versioned => ({
  version,
  document: { id, deleted: true },
});

/** What names are sorted by: computed here, for no filter of Elasticsearch folds exactly as the other engine does. */
export const sortName = (name: string) =>
  name
    .normalize('NFKD')
    .replace(/[\u0300-\u036f]/g, '')
    .toLowerCase();

/** Events have the whole product; what their contract leaves open has the value that it has in a new one. */
export function productOf(data: EventData<'PRODUCT_UPSERTED'>): Product {
  const { id, name, price, currency, stock, version } = data;
  const { description = '', category = null, tags = [], imageUrl = null } = data;
  const { createdAt = new Date(0).toISOString(), updatedAt = createdAt } = data;
  const revision = typeof data['revision'] === 'number' ? data['revision'] : 1;
  return {
    ...{ id, name, description, price, currency, stock, category, tags, imageUrl },
    ...{ revision, version, createdAt, updatedAt },
  };
}

export function toProduct({ deleted, sortName, nameLength, ...product }: ProductDocument): Product {
  return product;
}

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
