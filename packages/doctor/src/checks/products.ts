import { forEachPage, type Read } from '../database.ts';
import type { Notes } from '../report.ts';

interface ProductRow {
  readonly id: number;
  readonly stock: number;
  readonly moved: number;
  /** The least that there ever was. */
  readonly least: number;
}

const pageSize = 200;

/** Invariant 1: the stock is the sum of its movements, and never was less than nothing. */
export async function checkProducts(read: Read, notes: Notes): Promise<void> {
  const next = (last: ProductRow | undefined) =>
    read<ProductRow>(
      `SELECT product.id, product.stock, coalesce(sum(movement.delta), 0)::float8 AS moved,
         coalesce(min(movement.level), 0)::float8 AS least
       FROM (SELECT id, stock FROM catalog.products WHERE id > $1 ORDER BY id LIMIT $2) AS product
       LEFT JOIN LATERAL (
         SELECT delta, sum(delta) OVER (ORDER BY version) AS level
         FROM catalog.stock_movements WHERE product_id = product.id
       ) AS movement ON true
       GROUP BY product.id, product.stock ORDER BY product.id`,
      [last?.id ?? 0, pageSize],
    );
  await forEachPage(pageSize, next, (rows) => {
    for (const { id: productId, stock, moved, least } of rows) {
      if (stock !== moved)
        notes.found(
          'stock-sum',
          { productId },
          `its stock is ${stock}, and its movements add up to ${moved}`,
        );
      if (stock < 0 || least < 0)
        notes.found('sold-beyond-stock', { productId }, `its stock was ${Math.min(stock, least)}`);
    }
    notes.checked('products', rows.length);
  });
}
