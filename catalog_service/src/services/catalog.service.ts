import type { ShopEvent, StockReply } from '@shop/contracts';
import { PermanentError } from '@shop/messaging';
import type { ProductReads } from '../db/product-reads.ts';
import {
  type CatalogDatabase,
  type CatalogTransaction,
  withStockTransaction,
  withTransaction,
} from '../db/transaction.ts';
import { productDeleted, productUpserted } from '../domain/events.ts';
import {
  adjustmentsOf,
  changeOf,
  type NewProduct,
  type Product,
  type ProductContent,
} from '../domain/product.ts';
import { groupOf, mostVariants, type ProductGroup } from '../domain/product-group.ts';
import type { ProductPage, ProductSearch, SearchIndex, Suggestion } from '../domain/search-index.ts';
import { problem } from '../problems.ts';
import { addProducts } from './import.service.ts';
import { type ByAdmin, productChanged } from './product-audit.ts';
import { releaseStock, reserveStock, returnStock } from './stock.service.ts';

export interface CatalogDeps {
  readonly db: CatalogDatabase;
  readonly products: ProductReads;
  readonly search: SearchIndex;
}

export interface UpdateProductInput {
  readonly id: number;
  readonly content: Partial<ProductContent>;
  /** A new count of all pieces, and the version of the product at which it was counted. */
  readonly stock?: number;
  readonly version?: number;
  /** Only these revisions may be changed; any, if it is undefined. */
  readonly revisions?: readonly number[];
}

export async function createProduct(input: NewProduct, deps: CatalogDeps & ByAdmin): Promise<Product> {
  return withTransaction(deps.db, async (tx) => {
    const [product] = (await addProducts([input], tx)) as [Product];
    await deps.audit.add(tx, [productChanged(null, product, deps.by)]);
    return product;
  });
}

/**
 * Changes the fields that are given and differ.
 * @throws Problem `validation-failed` for a price that its currency cannot have, `product-not-found`, `product-changed` for another revision or version, `version-required` for a
 * stock without the version at which it was counted: a sale in between would be lost
 */
export async function updateProduct(
  input: UpdateProductInput,
  deps: CatalogDeps & ByAdmin,
): Promise<Product> {
  if (input.stock !== undefined && input.version === undefined) throw problem('version-required');
  return withTransaction(deps.db, async (tx) => {
    const product = await lockProduct(input.id, input.revisions, tx);
    const stock = input.stock ?? product.stock;
    if (input.stock !== undefined && input.version !== product.version) throw changed(product);
    const wanted = changeOf(product, input.content, stock);
    if (wanted === undefined) return product;
    const [updated] = (await tx.products.save([wanted], adjustmentsOf(product, wanted))) as [Product];
    await tx.addEvents([productUpserted(updated)]);
    await deps.audit.add(tx, [productChanged(product, updated, deps.by)]);
    return updated;
  });
}

/** @throws Problem `product-not-found`, or `product-changed` for another revision */
export async function deleteProduct(
  input: Pick<UpdateProductInput, 'id' | 'revisions'>,
  deps: CatalogDeps & ByAdmin,
): Promise<void> {
  await withTransaction(deps.db, async (tx) => {
    const product = await lockProduct(input.id, input.revisions, tx);
    const version = await tx.products.delete(product);
    await tx.addEvents([productDeleted(product.id, version)]);
    await deps.audit.add(tx, [productChanged(product, null, deps.by)]);
  });
}

/** @throws Problem `product-not-found` */
export async function getProduct(id: number, deps: CatalogDeps): Promise<Product> {
  const product = await deps.products.find(id);
  if (product === undefined) throw notFound(id);
  return product;
}

/** Those that are on sale, each once, in the order asked. */
export async function getProductsById(ids: readonly number[], deps: CatalogDeps): Promise<Product[]> {
  const found = await Promise.all([...new Set(ids)].map((id) => deps.products.find(id)));
  return found.filter((product) => product !== undefined);
}

/** @throws Problem `product-group-not-found` when no product on sale is in it */
export async function getProductGroup(id: string, deps: CatalogDeps): Promise<ProductGroup> {
  const products = await deps.products.findGroup(id, mostVariants + 1);
  if (products.length === 0) throw problem('product-group-not-found');
  return groupOf(id, products);
}

/** @throws Problem `validation-failed` for a cursor that is broken or of another search */
export function getProducts(
  limit: number,
  offset: number,
  search: ProductSearch,
  deps: CatalogDeps,
): Promise<ProductPage> {
  return deps.search.search(search, limit, offset);
}

const mostSuggestions = 10;

/** None for a field that the customer has emptied. */
export async function getSuggestions(text: string, deps: CatalogDeps): Promise<readonly Suggestion[]> {
  return text === '' ? [] : deps.search.suggest(text, mostSuggestions);
}

/** Each product once, in the order asked; deleted and unknown ones are `missing`. */
export async function getProductStock(ids: readonly number[], deps: CatalogDeps): Promise<StockReply> {
  const asked = [...new Set(ids)];
  const items = await deps.products.findStock(asked);
  return {
    items: items.filter((item) => item !== undefined),
    missing: asked.filter((_, index) => items[index] === undefined),
  };
}

/**
 * Takes an order's stock, all lines or none, or puts it back: once per order, however often and in whatever order
 * the events arrive. Its answer is committed with the change.
 */
export async function handleBrokerMessage(message: ShopEvent, deps: CatalogDeps): Promise<void> {
  await withStockTransaction(deps.db, async (tx) => {
    switch (message.type) {
      case 'CREATE_ORDER':
        return reserveStock(message.id, message.data, tx);
      case 'CANCEL_ORDER':
        return releaseStock(message.id, message.data, tx);
      case 'RETURN_STOCK':
        return returnStock(message.id, message.data, tx);
      default:
        throw new PermanentError(`${message.type} is not for the catalog`);
    }
  });
}

async function lockProduct(
  id: number,
  revisions: readonly number[] | undefined,
  tx: CatalogTransaction,
): Promise<Product> {
  const product = await tx.products.lock(id);
  if (product === undefined) throw notFound(id);
  if (revisions !== undefined && !revisions.includes(product.revision)) throw changed(product);
  return product;
}

const notFound = (id: number) => problem('product-not-found', { detail: `There is no product ${id}.` });

const changed = ({ revision, version }: Product) => problem('product-changed', { revision, version });
