import type { NewProduct, Product, ProductContent } from '../domain/product.ts';
import type { MovementReason } from '../domain/stock.ts';
import { databaseNow, type Queries } from './prisma.ts';
import { type ProductRow, productColumns, toProduct } from './product-rows.ts';

/** Is told how many movements of a reason a statement wrote. */
export type CountMovements = (reason: MovementReason, count: number) => void;

export type ProductRepository = ReturnType<typeof createProductRepository>;

/** Products within a transaction. Each change of stock is written with its movement. */
export function createProductRepository(db: Queries, countMovements: CountMovements) {
  return {
    isEmpty: async (): Promise<boolean> => (await db.product.findFirst({ select: { id: true } })) === null,

    create: async (products: readonly NewProduct[]): Promise<Product[]> => {
      countMovements('initial', products.length);
      // One statement for any number of them: an import has a million.
      const rows = await db.$queryRaw<ProductRow[]>`
        WITH made AS (
          INSERT INTO products (name, description, price, currency, stock, category, tags, image_url)
          SELECT name, description, price, currency, stock, category, ARRAY(SELECT jsonb_array_elements_text(tags)), "imageUrl"
          FROM ROWS FROM (jsonb_to_recordset(${JSON.stringify(products)}::text::jsonb) AS (name text, description text,
            price float8, currency text, stock integer, category text, tags jsonb, "imageUrl" text))
            WITH ORDINALITY ORDER BY ordinality
          RETURNING *
        ), movements AS (
          INSERT INTO stock_movements (product_id, delta, reason, version)
          SELECT id, stock, 'initial', version FROM made
        )
        SELECT ${productColumns} FROM made AS p ORDER BY p.id`;
      return rows.map(toProduct);
    },

    /** A product on sale, locked: no other transaction can change it until this one ends. */
    lock: async (id: number): Promise<Product | undefined> => {
      const [row] = await db.$queryRaw<ProductRow[]>`
        SELECT ${productColumns} FROM products p WHERE p.id = ${id} AND p.deleted_at IS NULL FOR NO KEY UPDATE`;
      return row && toProduct(row);
    },

    /** Saves new content and a new count of a locked product. */
    update: async (product: Product, content: Partial<ProductContent>, stock: number): Promise<Product> => {
      const { tags, ...fields } = content;
      const version = product.version + 1;
      const delta = stock - product.stock;
      if (delta !== 0) countMovements('adjustment', 1);
      const row = await db.product.update({
        where: { id: product.id },
        data: {
          ...fields,
          ...(tags && { tags: [...tags] }),
          stock,
          revision: product.revision + (Object.keys(content).length > 0 ? 1 : 0),
          version,
          updatedAt: await databaseNow(db),
          ...(delta !== 0 && { movements: { create: { delta, reason: 'adjustment', version } } }),
        },
      });
      return toProduct(row);
    },

    /** @returns the version of the deletion */
    delete: async ({ id }: Product): Promise<number> => {
      const data = { deletedAt: await databaseNow(db), version: { increment: 1 } };
      return (await db.product.update({ where: { id }, data })).version;
    },
  };
}
