import type { NewProduct, Product, ProductContent } from '../domain/product.ts';
import type { MovementReason } from '../domain/stock.ts';
import type { Queries } from './prisma.ts';
import { type ProductRow, productColumns, toProduct } from './product-rows.ts';

export interface StockChange {
  readonly productId: number;
  readonly delta: number;
}

/** Is told how many movements of a reason a statement wrote. */
export type CountMovements = (reason: MovementReason, count: number) => void;

export type ProductRepository = ReturnType<typeof createProductRepository>;

/** Products within a transaction. Each change of stock is written with its movement. */
export function createProductRepository(db: Queries, countMovements: CountMovements) {
  return {
    isEmpty: async (): Promise<boolean> => (await db.product.findFirst({ select: { id: true } })) === null,

    create: async (products: readonly NewProduct[]): Promise<Product[]> => {
      countMovements('initial', products.length);
      const rows = await db.product.createManyAndReturn({
        data: products.map((product) => ({ ...product, tags: [...product.tags] })),
      });
      await db.stockMovement.createMany({
        data: rows.map(({ id, stock, version }) => ({
          productId: id,
          delta: stock,
          reason: 'initial',
          version,
        })),
      });
      return rows.map(toProduct);
    },

    /** A product on sale, locked: no other transaction can change it until this one ends. */
    lock: async (id: number): Promise<Product | undefined> => {
      const [row] = await db.$queryRaw<ProductRow[]>`
        SELECT ${productColumns} FROM products p WHERE p.id = ${id} AND p.deleted_at IS NULL FOR NO KEY UPDATE`;
      return row && toProduct(row);
    },

    /** The stock of those that are on sale. All of them are locked, in one order, so that orders cannot deadlock. */
    lockStock: async (ids: readonly number[]): Promise<ReadonlyMap<number, number>> => {
      const rows = await db.$queryRaw<{ id: number; stock: number; onSale: boolean }[]>`
        SELECT id, stock, deleted_at IS NULL AS "onSale" FROM products
        WHERE id = ANY (${[...ids]}::int[]) ORDER BY id FOR NO KEY UPDATE`;
      return new Map(rows.filter((row) => row.onSale).map((row) => [row.id, row.stock]));
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
          updatedAt: new Date(),
          ...(delta !== 0 && { movements: { create: { delta, reason: 'adjustment', version } } }),
        },
      });
      return toProduct(row);
    },

    /** @returns the version of the deletion */
    delete: async ({ id }: Product): Promise<number> => {
      const data = { deletedAt: new Date(), version: { increment: 1 } };
      return (await db.product.update({ where: { id }, data })).version;
    },

    /**
     * Adds to, or takes from, the stock of locked products, in one statement.
     * @returns the changed products that are on sale
     */
    moveStock: async (
      changes: readonly StockChange[],
      reason: MovementReason,
      orderNumber: string,
    ): Promise<Product[]> => {
      countMovements(reason, changes.length);
      const ids = changes.map((each) => each.productId);
      const deltas = changes.map((each) => each.delta);
      const rows = await db.$queryRaw<(ProductRow & { onSale: boolean })[]>`
        WITH moved AS (
          UPDATE products p SET stock = p.stock + m.delta, version = p.version + 1, updated_at = now()
          FROM unnest(${ids}::int[], ${deltas}::int[]) AS m (product_id, delta)
          WHERE p.id = m.product_id AND p.stock + m.delta >= 0
          RETURNING p.*, m.delta
        ), movements AS (
          INSERT INTO stock_movements (product_id, delta, reason, order_number, version)
          SELECT id, delta, ${reason}, ${orderNumber}, version FROM moved
        )
        SELECT ${productColumns}, p.deleted_at IS NULL AS "onSale" FROM moved p ORDER BY p.id`;
      // The rows are locked and their stock was checked. If the guard holds one back, that is a bug: roll back everything.
      if (rows.length !== changes.length)
        throw new Error(`Order ${orderNumber} found other stock than was locked.`);
      return rows.filter((row) => row.onSale).map(toProduct);
    },
  };
}
