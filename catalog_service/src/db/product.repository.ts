import type { Sql } from '@shop/messaging';
import type { Product } from '../domain/product.ts';
import { databaseNow, type Queries } from './prisma.ts';
import { type ProductRow, productColumns, toProduct } from './product-rows.ts';
import { type CountMovements, createProductWrites } from './product-writes.ts';

export type ProductRepository = ReturnType<typeof createProductRepository>;

/** Products within a transaction of Prisma. */
export function createProductRepository(db: Queries, sql: Sql, countMovements: CountMovements) {
  return {
    ...createProductWrites(sql, countMovements),

    isEmpty: async (): Promise<boolean> => (await db.product.findFirst({ select: { id: true } })) === null,

    /** A product on sale, locked: no other transaction can change it until this one ends. */
    lock: async (id: number): Promise<Product | undefined> => {
      const [row] = await db.$queryRaw<ProductRow[]>`
        SELECT ${productColumns} FROM products p WHERE p.id = ${id} AND p.deleted_at IS NULL FOR NO KEY UPDATE`;
      return row && toProduct(row);
    },

    /** @returns the version of the deletion */
    delete: async ({ id }: Product): Promise<number> => {
      const data = { deletedAt: await databaseNow(db), version: { increment: 1 } };
      return (await db.product.update({ where: { id }, data })).version;
    },
  };
}
