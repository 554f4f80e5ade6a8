import type { ShopEvent, StockReply } from '@shop/contracts';
import { firstDelivery, PermanentError } from '@shop/messaging';
import { AppError } from '@shop/service-kit';
import type { ProductReads } from '../db/product-reads.ts';
import type { CatalogTransaction, RunTransaction } from '../db/transaction.ts';
import { productDeleted, productUpserted } from '../domain/events.ts';
import { changedContent, type NewProduct, type Product, type ProductContent } from '../domain/product.ts';
import type { ProductPage, ProductSearch, SearchIndex, Suggestion } from '../search/search-index.ts';
import { releaseStock, reserveStock } from './stock.service.ts';

export interface CatalogDeps {
  readonly transaction: RunTransaction;
  readonly products: ProductReads;
  readonly search: SearchIndex;
}

export interface UpdateProductInput {
  readonly id: number;
  readonly content: Partial<ProductContent>;
  /** A new absolute count, and the version of the product that it was counted at. */
  readonly stock?: number;
  readonly version?: number;
  /** The revisions that may be changed; any, when left out. */
  readonly revisions?: readonly number[];
}

export async function createProduct(input: NewProduct, deps: CatalogDeps): Promise<Product> {
  return deps.transaction(async (tx) => {
    const products = await tx.products.create([input]);
    await tx.addEvents(products.map(productUpserted));
    return products[0] as Product;
  });
}

/**
 * Changes what is given, and nothing when that is what it is already.
 * @throws AppError `not-found`, `stale` for another revision or version, `precondition-required` for a stock
 * without the version that it was counted at: else a sale in between would be lost
 */
export async function updateProduct(input: UpdateProductInput, deps: CatalogDeps): Promise<Product> {
  if (input.stock !== undefined && input.version === undefined) throw versionMissing();
  return deps.transaction(async (tx) => {
    const product = await lockProduct(input.id, input.revisions, tx);
    const stock = input.stock ?? product.stock;
    if (input.stock !== undefined && input.version !== product.version) throw stale(product);
    const content = changedContent(product, input.content);
    if (Object.keys(content).length === 0 && stock === product.stock) return product;
    const changed = await tx.products.change(product, content, stock);
    await tx.addEvents([productUpserted(changed)]);
    return changed;
  });
}

/** @throws AppError `not-found`, or `stale` for another revision */
export async function deleteProduct(
  input: Pick<UpdateProductInput, 'id' | 'revisions'>,
  deps: CatalogDeps,
): Promise<void> {
  await deps.transaction(async (tx) => {
    const product = await lockProduct(input.id, input.revisions, tx);
    const version = await tx.products.remove(product);
    await tx.addEvents([productDeleted(product.id, version)]);
  });
}

/** @throws AppError `not-found` */
export async function getProduct(id: number, deps: CatalogDeps): Promise<Product> {
  const product = await deps.products.find(id);
  if (product === undefined) throw notFound(id);
  return product;
}

/** @throws AppError `validation-failed` for a cursor that is broken or of another search */
export function getProducts(
  limit: number,
  offset: number,
  search: ProductSearch,
  deps: CatalogDeps,
): Promise<ProductPage> {
  return deps.search.search(search, limit, offset);
}

const mostSuggestions = 10;

export function getSuggestions(text: string, deps: CatalogDeps): Promise<readonly Suggestion[]> {
  return deps.search.suggest(text, mostSuggestions);
}

/** Each product once, in the order asked; deleted and unknown ones are `missing`. */
export async function getProductStock(ids: readonly number[], deps: CatalogDeps): Promise<StockReply> {
  const asked = [...new Set(ids)];
  const found = new Map((await deps.products.findStock(asked)).map((item) => [item.id, item]));
  return {
    items: asked.flatMap((id) => found.get(id) ?? []),
    missing: asked.filter((id) => !found.has(id)),
  };
}

/**
 * Takes an order's stock, all lines or none, or puts it back; once per order, however often and in whatever order
 * the events arrive. What it answers is committed with what it did.
 */
export async function handleBrokerMessage(message: ShopEvent, deps: CatalogDeps): Promise<void> {
  await deps.transaction(async (tx) => {
    if (!(await firstDelivery(tx.sql, 'catalog_service', message.id))) return;
    switch (message.type) {
      case 'CREATE_ORDER':
        return reserveStock(message.data, tx);
      case 'CANCEL_ORDER':
        return releaseStock(message.data.orderNumber, tx);
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
  if (revisions !== undefined && !revisions.includes(product.revision)) throw stale(product);
  return product;
}

const notFound = (id: number) => new AppError('not-found', 'product-not-found', `There is no product ${id}.`);

const stale = ({ revision, version }: Product) =>
  new AppError('stale', 'product-changed', 'The product has been changed since it was read. Read it again.', {
    details: { revision, version },
  });

const versionMissing = () =>
  new AppError(
    'precondition-required',
    'version-required',
    'A new `stock` needs the `version` of the product that it was counted at.',
  );
