import type { Product } from '../domain/product.ts';
import type { PrismaClient } from './prisma.ts';
import { toProduct } from './product-rows.ts';

export interface StoredProduct {
  readonly product: Product;
  readonly deleted: boolean;
}

/** All products, deleted ones too: what a search index is built from. */
export interface AllProductsRepository {
  /** Which database they are in: another one has other products with the same ids. */
  database(): Promise<string>;
  count(): Promise<number>;
  /** The database's own time. */
  now(): Promise<Date>;
  /** By id; with `since`, only what was created, changed or deleted from then on. */
  read(options?: { readonly since?: Date }): AsyncIterable<readonly StoredProduct[]>;
}

const batchSize = 500;

export function createAllProductsRepository(prisma: PrismaClient): AllProductsRepository {
  return {
    database: async () => (await prisma.databaseIdentity.findFirstOrThrow()).id,
    count: () => prisma.product.count(),
    now: async () => {
      const [row] = await prisma.$queryRaw<[{ now: Date }]>`SELECT now()`;
      return row.now;
    },
    read: async function* ({ since } = {}) {
      const changed = since && { OR: [{ updatedAt: { gte: since } }, { deletedAt: { gte: since } }] };
      for (let lastId = 0; ; ) {
        const where = { id: { gt: lastId }, ...changed };
        const rows = await prisma.product.findMany({ where, orderBy: { id: 'asc' }, take: batchSize });
        const last = rows.at(-1);
        if (last === undefined) return;
        lastId = last.id;
        yield rows.map((row) => ({ product: toProduct(row), deleted: row.deletedAt !== null }));
      }
    },
  };
}
