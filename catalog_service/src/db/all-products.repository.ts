import type { Product } from '../domain/product.ts';
import { databaseNow, type PrismaClient } from './prisma.ts';
import { type ProductRow, toProduct } from './product-rows.ts';

export interface StoredProduct {
  readonly product: Product;
  readonly deleted: boolean;
}

export type AllProductsRepository = ReturnType<typeof createAllProductsRepository>;

const batchSize = 500;

/** All products, deleted ones too: what a search index is built from. */
export function createAllProductsRepository(prisma: PrismaClient) {
  return {
    /** Which database they are in: another one has other products with the same ids. */
    database: async (): Promise<string> => (await prisma.databaseIdentity.findFirstOrThrow()).id,
    count: (): Promise<number> => prisma.product.count(),
    now: (): Promise<Date> => databaseNow(prisma),
    /** By id; with `since`, only what was created, changed or deleted from then on. */
    read: async function* ({
      since,
    }: {
      readonly since?: Date | undefined;
    } = {}): AsyncIterable<readonly StoredProduct[]> {
      const changed = since && { OR: [{ updatedAt: { gte: since } }, { deletedAt: { gte: since } }] };
      for (let lastId = 0; ; ) {
        const where = { id: { gt: lastId }, ...changed };
        const rows = await prisma.product.findMany({ where, orderBy: { id: 'asc' }, take: batchSize });
        const last = rows.at(-1);
        if (last === undefined) return;
        lastId = last.id;
        yield rows.map((row) => ({
          // Prisma does not know what the JSON of a column is.
          product: toProduct(row as unknown as ProductRow),
          deleted: row.deletedAt !== null,
        }));
      }
    },
  };
}
