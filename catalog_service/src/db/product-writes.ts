import type { Sql } from '@shop/messaging';
import type { Adjustment, NewProduct, Product } from '../domain/product.ts';
import type { MovementReason } from '../domain/stock.ts';
import { type ProductRow, productColumnNames, toProduct } from './product-rows.ts';

/** Is told how many movements of a reason a statement wrote. */
export type CountMovements = (reason: MovementReason, count: number) => void;

export type ProductWrites = ReturnType<typeof createProductWrites>;

const columns = `name text, description text, price float8, currency text, stock integer, category text, tags jsonb,
  "imageUrl" text, sku text, "groupId" text, options jsonb, media jsonb`;

/**
 * Writes products within a transaction, in one statement for any number of them: an import has a million. Each change of
 * stock is written with its movement.
 */
export function createProductWrites(sql: Sql, countMovements: CountMovements) {
  const products = async (statement: string, ...values: unknown[]): Promise<Product[]> =>
    ((await sql(statement, values)) as ProductRow[]).map(toProduct);
  return {
    /** @returns them in the order given, by which their ids rise */
    create: async (given: readonly NewProduct[]): Promise<Product[]> => {
      countMovements('initial', given.length);
      return products(
        `WITH made AS (
           INSERT INTO products (name, description, price, currency, stock, category, tags, image_url, sku, group_id,
             options, media)
           SELECT name, description, price, currency, stock, category, ARRAY(SELECT jsonb_array_elements_text(tags)),
             "imageUrl", sku, "groupId", coalesce(options, '{}'), coalesce(media, '[]')
           FROM ROWS FROM (jsonb_to_recordset($1::text::jsonb) AS (${columns})) WITH ORDINALITY ORDER BY ordinality
           RETURNING *
         ), movements AS (
           INSERT INTO stock_movements (product_id, delta, reason, version)
           SELECT id, stock, 'initial', version FROM made
         )
         SELECT ${productColumnNames} FROM made AS p ORDER BY p.id`,
        JSON.stringify(given),
      );
    },

    /** Those on sale with these SKUs, locked in the order of their ids, as orders lock them. */
    lockBySku: (skus: readonly string[]): Promise<Product[]> =>
      products(
        `SELECT ${productColumnNames} FROM products p WHERE p.sku = ANY ($1::text[]) AND p.deleted_at IS NULL
         ORDER BY p.id FOR NO KEY UPDATE`,
        skus,
      ),

    /** Saves locked products as they are to be, and what that adds to their stock or takes of it. */
    save: async (given: readonly Product[], adjustments: readonly Adjustment[]): Promise<Product[]> => {
      countMovements('adjustment', adjustments.length);
      return products(
        `WITH movements AS (
           INSERT INTO stock_movements (product_id, delta, reason, version)
           SELECT "productId", delta, 'adjustment', version
           FROM jsonb_to_recordset($2::text::jsonb) AS ("productId" integer, delta integer, version integer)
         ), p AS (
           UPDATE products SET name = to_be.name, description = to_be.description, price = to_be.price,
             currency = to_be.currency, stock = to_be.stock, category = to_be.category,
             tags = ARRAY(SELECT jsonb_array_elements_text(to_be.tags)), image_url = to_be."imageUrl", sku = to_be.sku,
             group_id = to_be."groupId", options = to_be.options, media = to_be.media, revision = to_be.revision,
             version = to_be.version, updated_at = now()
           FROM jsonb_to_recordset($1::text::jsonb) AS to_be (id integer, ${columns}, revision integer, version integer)
           WHERE products.id = to_be.id
           RETURNING products.*
         )
         SELECT ${productColumnNames} FROM p`,
        ...[given, adjustments].map((each) => JSON.stringify(each)),
      );
    },
  };
}
