import { type CatalogDatabase, type ImportTransaction, withImportTransaction } from '../db/transaction.ts';
import { productUpserted } from '../domain/events.ts';
import type { NewProduct, Product } from '../domain/product.ts';

/** Adds products, and an event for each. */
export async function addProducts(
  products: readonly NewProduct[],
  tx: ImportTransaction,
): Promise<readonly Product[]> {
  const added = await tx.products.create(products);
  await tx.addEvents(added.map(productUpserted));
  return added;
}

const batchSize = 500;

/**
 * Adds any number of products, in their order and in transactions of 500; while one is written the next is read. When one
 * fails, those before it are there.
 * @param onProgress is told after each transaction how many there are by now
 */
export async function importProducts(
  products: AsyncIterable<NewProduct>,
  db: CatalogDatabase,
  onProgress: (imported: number) => void,
): Promise<number> {
  let imported = 0;
  const write = async (batch: readonly NewProduct[]) => {
    await withImportTransaction(db, (tx) => addProducts(batch, tx));
    imported += batch.length;
    onProgress(imported);
  };
  let writing = Promise.resolve();
  try {
    for await (const batch of inBatches(products)) {
      await writing;
      writing = write(batch);
      // It is awaited, but a failure may come before that.
      writing.catch(() => {});
    }
  } finally {
    await writing;
  }
  return imported;
}

async function* inBatches<T>(items: AsyncIterable<T>): AsyncIterable<readonly T[]> {
  let batch: T[] = [];
  for await (const item of items) {
    batch.push(item);
    if (batch.length < batchSize) continue;
    yield batch;
    batch = [];
  }
  if (batch.length > 0) yield batch;
}
