import type { StockItem } from '@shop/contracts';
import DataLoader from 'dataloader';
import type pg from 'pg';
import type { Product } from '../domain/product.ts';
import { type ProductRow, productColumnNames, toProduct } from './product-rows.ts';

export type ProductReads = ReturnType<typeof createProductReads>;

/** More ids than this make a second query. */
const mostIds = 1_000;

/**
 * What a shop asks most: products on sale by id, and their stock. By named statements of pg, which each connection plans
 * once; Prisma would plan every one of them anew. Look-ups of one turn of the event loop share a query: it begins after
 * the last of them has been asked for, so none gets an older answer than with a query of its own.
 */
export function createProductReads(pool: pg.Pool) {
  const byId = <Row extends { readonly id: number }>(name: string, columns: string) => {
    const text = `SELECT ${columns} FROM products p WHERE p.id = ANY ($1::int[]) AND p.deleted_at IS NULL`;
    return new DataLoader<number, Row | undefined>(
      async (ids) => {
        const { rows } = await pool.query<Row>({ name, text, values: [ids] });
        const found = new Map(rows.map((row) => [row.id, row]));
        return ids.map((id) => found.get(id));
      },
      { cache: false, maxBatchSize: mostIds, batchScheduleFn: setImmediate },
    );
  };
  const products = byId<ProductRow>('products-by-id', productColumnNames);
  const stock = byId<StockItem>(
    'stock-by-id',
    'p.id, p.name, p.price, p.currency, p.stock, p.image_url AS "imageUrl"',
  );
  return {
    find: async (id: number): Promise<Product | undefined> => {
      const row = await products.load(id);
      return row && toProduct(row);
    },

    /** Those of a group that are on sale, by id. */
    findGroup: async (groupId: string, limit: number): Promise<Product[]> => {
      const text = `SELECT ${productColumnNames} FROM products p
        WHERE p.group_id = $1 AND p.deleted_at IS NULL ORDER BY p.id LIMIT $2`;
      const values = [groupId, limit];
      const { rows } = await pool.query<ProductRow>({ name: 'products-by-group', text, values });
      return rows.map(toProduct);
    },

    /** Of each id what is on sale, in the order asked. */
    findStock: (ids: readonly number[]): Promise<(StockItem | undefined)[]> =>
      Promise.all(ids.map((id) => stock.load(id))),
  };
}
