import type { StockItem } from '@shop/contracts';
import type { Product } from '../domain/product.ts';
import { withPostgresCodes } from './errors.ts';
import type { PrismaClient } from './prisma.ts';
import { toProduct } from './product-rows.ts';

/** Reads of products on sale that need no transaction. */
export interface ProductReads {
  find(id: number): Promise<Product | undefined>;
  /** In no particular order; deleted products are left out. */
  findStock(ids: readonly number[]): Promise<StockItem[]>;
}

export function createProductReads(prisma: PrismaClient): ProductReads {
  return {
    find: (id) =>
      withPostgresCodes(async () => {
        const row = await prisma.product.findFirst({ where: { id, deletedAt: null } });
        return row === null ? undefined : toProduct(row);
      }),
    findStock: (ids) =>
      withPostgresCodes(() =>
        prisma.product.findMany({
          where: { id: { in: [...ids] }, deletedAt: null },
          select: { id: true, name: true, price: true, currency: true, stock: true },
        }),
      ),
  };
}
