import { type CatalogDatabase, type CatalogTransaction, withTransaction } from '../db/transaction.ts';
import { productUpserted } from '../domain/events.ts';
import type { NewProduct, Product } from '../domain/product.ts';

/** Adds products, and an event for each. */
export async function addProducts(
  products: readonly NewProduct[],
  tx: CatalogTransaction,
): Promise<readonly Product[]> {
  const added = await tx.products.create(products);
  await tx.addEvents(added.map(productUpserted));
  return added;
}

const batchSize = 500;

/**
 * Adds any number of products, in their order and in transactions of 500. When one fails, those before it are there.
 * @param onProgress is told after each transaction how many there are by now
 */
export async function importProducts(
  products: AsyncIterable<NewProduct>,
  db: CatalogDatabase,
  onProgress: (imported: number) => void,
): Promise<number> {
  let imported = 0;
  let batch: NewProduct[] = [];
  const flush = async () => {
    await withTransaction(db, (tx) => addProducts(batch, tx));
    imported += batch.length;
    batch = [];
    onProgress(imported);
  };
  for await (const product of products) {
    batch.push(product);
    if (batch.length === batchSize) await flush();
  }
  if (batch.length > 0) await flush();
  return imported;
}
