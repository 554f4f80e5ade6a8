import type { Shortage } from '@shop/contracts';
import { firstDelivery, rememberEvent, type Sql } from '@shop/messaging';
import type { Product } from '../domain/product.ts';
import type { MovementReason, StockLine } from '../domain/stock.ts';
import { type ProductRow, productColumnNames, toProduct } from './product-rows.ts';
import type { CountMovements } from './product-writes.ts';

export type ReservationState = 'reserved' | 'rejected' | 'released';

/** What was decided of an order. */
export interface Reservation {
  readonly state: ReservationState;
  readonly lines: readonly StockLine[];
  readonly shortages: readonly Shortage[];
}

export interface StockChange {
  readonly productId: number;
  readonly delta: number;
}

export interface OpenedReservation {
  /** False: this event has been handled before. */
  readonly isFirst: boolean;
  /** False: the order had a reservation already, which stays as it is. */
  readonly isNew: boolean;
  /** Of the lines' products that are on sale. They are locked. */
  readonly stock: ReadonlyMap<number, number>;
}

const consumer = 'catalog_service';

export type StockRepository = ReturnType<typeof createStockRepository>;

/** The stock of products, and what orders took of it, within a transaction. Each statement is all that one step needs. */
export function createStockRepository(sql: Sql, countMovements: CountMovements) {
  return {
    /**
     * Remembers the event, makes the order's one row, and locks the products of its lines. The order's row comes first:
     * a second delivery waits for it, and then finds what was decided. Products are locked by id, so that orders cannot
     * deadlock, and read as they are once they are locked.
     */
    open: async (
      eventId: string,
      orderNumber: string,
      state: ReservationState,
      lines: readonly StockLine[],
    ): Promise<OpenedReservation> => {
      const [row] = (await sql(
        `WITH ${rememberEvent}, opened AS (
           INSERT INTO stock_reservations (order_number, state, lines) SELECT $3, $4, $5::jsonb FROM first
           ON CONFLICT DO NOTHING RETURNING order_number
         ), locked AS (
           SELECT id, stock, deleted_at IS NULL AS on_sale FROM products
           WHERE id = ANY ($6::int[]) AND EXISTS (SELECT FROM opened) ORDER BY id FOR NO KEY UPDATE
         )
         SELECT EXISTS (SELECT FROM first) AS "isFirst", EXISTS (SELECT FROM opened) AS "isNew",
           (SELECT coalesce(json_agg(json_build_array(id, stock)) FILTER (WHERE on_sale), '[]') FROM locked) AS stock`,
        [consumer, eventId, orderNumber, state, JSON.stringify(lines), lines.map((line) => line.productId)],
      )) as { isFirst: boolean; isNew: boolean; stock: [number, number][] }[];
      if (row === undefined) throw new Error('A query without a condition gave no row.');
      return { ...row, stock: new Map(row.stock) };
    },

    /** An order's row, locked. */
    lock: async (orderNumber: string): Promise<Reservation> => {
      const [row] = (await sql(
        'SELECT state, lines, shortages FROM stock_reservations WHERE order_number = $1 FOR UPDATE',
        [orderNumber],
      )) as Reservation[];
      if (row === undefined) throw new Error(`Order ${orderNumber} has no reservation to lock.`);
      return row;
    },

    /** Remembers an event of an order that has a reservation. */
    isFirst: (eventId: string): Promise<boolean> => firstDelivery(sql, consumer, eventId),

    isReturned: async (refundId: string): Promise<boolean> =>
      (await sql('SELECT FROM stock_movements WHERE refund_id = $1 LIMIT 1', [refundId])).length > 0,

    /** What the order has taken of each product, and not put back. Its row must be locked. */
    heldBy: async (orderNumber: string): Promise<ReadonlyMap<number, number>> => {
      const rows = (await sql(
        `SELECT product_id AS "productId", -sum(delta)::int AS qty FROM stock_movements
         WHERE order_number = $1 GROUP BY product_id`,
        [orderNumber],
      )) as StockLine[];
      return new Map(rows.map(({ productId, qty }) => [productId, qty]));
    },

    decide: async (
      orderNumber: string,
      state: ReservationState,
      shortages: readonly Shortage[] = [],
    ): Promise<void> => {
      await sql(
        `UPDATE stock_reservations SET state = $2, shortages = $3::jsonb, updated_at = now()
         WHERE order_number = $1`,
        [orderNumber, state, JSON.stringify(shortages)],
      );
    },

    /**
     * Adds to, or takes from, the stock of products, which it locks by id. Each change is written with its movement.
     * @returns the changed products that are on sale
     * @throws Error when a stock would fall below zero: a caller that has locked and checked it has a bug
     */
    move: async (
      changes: readonly StockChange[],
      reason: MovementReason,
      orderNumber: string,
      refundId: string | null = null,
    ): Promise<Product[]> => {
      if (changes.length === 0) return [];
      const rows = (await sql(
        `WITH locked AS (
           SELECT id FROM products WHERE id = ANY ($1::int[]) ORDER BY id FOR NO KEY UPDATE
         ), moved AS (
           UPDATE products p SET stock = p.stock + m.delta, version = p.version + 1, updated_at = now()
           FROM locked JOIN unnest($1::int[], $2::int[]) AS m (product_id, delta) ON locked.id = m.product_id
           WHERE p.id = locked.id AND p.stock + m.delta >= 0
           RETURNING p.*, m.delta
         ), movements AS (
           INSERT INTO stock_movements (product_id, delta, reason, order_number, version, refund_id)
           SELECT id, delta, $3, $4, version, $5 FROM moved
         )
         SELECT ${productColumnNames}, p.deleted_at IS NULL AS "onSale" FROM moved p ORDER BY p.id`,
        [
          changes.map((each) => each.productId),
          changes.map((each) => each.delta),
          reason,
          orderNumber,
          refundId,
        ],
      )) as (ProductRow & { onSale: boolean })[];
      if (rows.length !== changes.length)
        throw new Error(`Order ${orderNumber} found other stock than was locked.`);
      countMovements(reason, rows.length);
      return rows.filter((row) => row.onSale).map(toProduct);
    },
  };
}
