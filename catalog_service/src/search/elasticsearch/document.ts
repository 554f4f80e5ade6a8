import type { EventData } from '@shop/contracts';
import type { Product } from '../../domain/product.ts';

/** What the index has of a product on sale. */
export interface ProductDocument extends Product {
  readonly deleted: false;
  readonly sortName: string;
  readonly nameLength: number;
}

/**
 * What it has of a deleted one: Elasticsearch forgets the version of a deletion after a minute, and an old event
 * that came again would raise the dead.
 */
export interface Tombstone {
  readonly id: number;
  readonly deleted: true;
}

/** A document with the version of the product that it is. */
export interface Versioned {
  readonly version: number;
  readonly document: ProductDocument | Tombstone;
}

export function documentOf(product: Product): Versioned {
  const document: ProductDocument = {
    ...product,
    deleted: false,
    sortName: sortName(product.name),
    nameLength: [...product.name].length,
  };
  return { version: product.version, document };
}

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

/** Events say the whole product; what their contract leaves open has the value that it has in a new one. */
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
