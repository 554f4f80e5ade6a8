import type { StockItem } from '@shop/contracts';
import type { NewProduct, Product, ProductContent } from '../domain/product.ts';
import type { MovementReason } from '../domain/stock.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { Queries } from './prisma.ts';
import { type ProductRow, productColumns, toProduct } from './product-rows.ts';

export interface StockChange {
  readonly productId: number;
  readonly delta: number;
}

/** Is told how many movements of a reason a statement wrote. */
export type CountMovements = (reason: MovementReason, count: number) => void;

/** Reads of products on sale; they need no transaction. */
export interface ProductReads {
  find(id: number): Promise<Product | undefined>;
  /** In no particular order; deleted products are left out. */
  findStock(ids: readonly number[]): Promise<StockItem[]>;
}

/** Products within a transaction. Each change of stock is written with its movement. */
export interface ProductRepository extends ProductReads {
  isEmpty(): Promise<boolean>;
  create(products: readonly NewProduct[]): Promise<Product[]>;
  /** A product on sale, locked: no other transaction can change it until this one ends. */
  lock(id: number): Promise<Product | undefined>;
  /** The stock of those that are on sale. All of them are locked, in one order, so that orders cannot deadlock. */
  lockStock(ids: readonly number[]): Promise<ReadonlyMap<number, number>>;
  /** Saves new content and a new count of a locked product. */
  update(product: Product, content: Partial<ProductContent>, stock: number): Promise<Product>;
  /** @returns the version of the deletion */
  delete(product: Product): Promise<number>;
  /**
   * Adds to, or takes from, the stock of locked products, in one statement.
   * @returns the changed products that are on sale
   */
  moveStock(changes: readonly StockChange[], reason: MovementReason, orderNumber: string): Promise<Product[]>;
}

export function createProductRepository(
  db: Queries,
  countMovements: CountMovements = () => {},
): ProductRepository {
  return {
    find: async (id) => {
      const row = await db.product.findFirst({ where: { id, deletedAt: null } });
      return row === null ? undefined : toProduct(row);
    },
    findStock: (ids) =>
      db.product.findMany({
        where: { id: { in: [...ids] }, deletedAt: null },
        select: { id: true, name: true, price: true, currency: true, stock: true },
      }),
    isEmpty: async () => (await db.product.findFirst({ select: { id: true } })) === null,
    create: async (products) => {
      countMovements('initial', products.length);
      return create(db, products);
    },
    lock: async (id) => {
      const [row] = await db.$queryRaw<ProductRow[]>`
        SELECT ${productColumns} FROM products p WHERE p.id = ${id} AND p.deleted_at IS NULL FOR NO KEY UPDATE`;
      return row && toProduct(row);
    },
    lockStock: async (ids) => {
      const rows = await db.$queryRaw<{ id: number; stock: number; onSale: boolean }[]>`
        SELECT id, stock, deleted_at IS NULL AS "onSale" FROM products
        WHERE id = ANY (${[...ids]}::int[]) ORDER BY id FOR NO KEY UPDATE`;
      return new Map(rows.filter((row) => row.onSale).map((row) => [row.id, row.stock]));
    },
    update: async (product, content, stock) => {
      if (stock !== product.stock) countMovements('adjustment', 1);
      return update(db, product, content, stock);
    },
    delete: async ({ id }) => {
      const data = { deletedAt: new Date(), version: { increment: 1 } };
      return (await db.product.update({ where: { id }, data })).version;
    },
    moveStock: async (changes, reason, orderNumber) => {
      countMovements(reason, changes.length);
      return moveStock(db, changes, reason, orderNumber);
    },
  };
}

async function create(db: Queries, products: readonly NewProduct[]): Promise<Product[]> {
  const rows = await db.product.createManyAndReturn({
    data: products.map((product) => ({ ...product, tags: [...product.tags] })),
  });
  await db.stockMovement.createMany({
    data: rows.map(({ id, stock, version }) => ({ productId: id, delta: stock, reason: 'initial', version })),
  });
  return rows.map(toProduct);
}

async function update(db: Queries, product: Product, content: Partial<ProductContent>, stock: number) {
  const { tags, ...fields } = content;
  const version = product.version + 1;
  const delta = stock - product.stock;
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
}

async function moveStock(
  db: Queries,
  changes: readonly StockChange[],
  reason: MovementReason,
  orderNumber: string,
): Promise<Product[]> {
  const ids = changes.map((each) => each.productId);
  const deltas = changes.map((each) => each.delta);
  const rows = await db.$queryRaw<(ProductRow & { onSale: boolean })[]>(Prisma.sql`
    WITH moved AS (
      UPDATE products p SET stock = p.stock + m.delta, version = p.version + 1, updated_at = now()
      FROM unnest(${ids}::int[], ${deltas}::int[]) AS m (product_id, delta)
      WHERE p.id = m.product_id AND p.stock + m.delta >= 0
      RETURNING p.*, m.delta
    ), movements AS (
      INSERT INTO stock_movements (product_id, delta, reason, order_number, version)
      SELECT id, delta, ${reason}, ${orderNumber}, version FROM moved
    )
    SELECT ${productColumns}, p.deleted_at IS NULL AS "onSale" FROM moved p ORDER BY p.id`);
  // The rows are locked and their stock was checked. If the guard holds one back, that is a bug: roll back everything.
  if (rows.length !== changes.length)
    throw new Error(`Order ${orderNumber} found other stock than was locked.`);
  return rows.filter((row) => row.onSale).map(toProduct);
}
