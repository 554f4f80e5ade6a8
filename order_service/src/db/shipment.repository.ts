import { eq, sql } from 'drizzle-orm';
import type { Pieces, ShipmentStatus } from '../domain/fulfilment.ts';
import { orders, type shipments } from './schema.ts';
import type { Transaction } from './transaction.ts';

export type ShipmentRecord = Omit<typeof shipments.$inferSelect, 'orderId'> & {
  readonly lines: readonly Pieces[];
};

export interface ShipmentChange {
  readonly carrier?: string | undefined;
  readonly tracking?: string | undefined;
  readonly status?: ShipmentStatus | undefined;
}

/** The shipments of orders that are locked: what is said of them stays true until the transaction ends. */
export const shipmentRepository = {
  /** What can still be shipped, by product; those of which nothing is left are not there. */
  unshipped: async (tx: Transaction, orderId: number): Promise<Pieces[]> =>
    (await tx.sql(
      `SELECT product_id AS "productId", sum(qty)::int AS qty FROM (
         SELECT product_id, qty FROM order_items WHERE order_id = $1
         UNION ALL
         SELECT product_id, -qty FROM shipment_lines JOIN shipments ON shipments.id = shipment_id WHERE order_id = $1
         UNION ALL
         SELECT product_id, -CASE status WHEN 'failed' THEN least(unshipped, returned) ELSE unshipped END
         FROM refund_lines JOIN refunds ON refunds.id = refund_id WHERE order_id = $1
       ) AS piece GROUP BY product_id HAVING sum(qty) > 0 ORDER BY product_id`,
      [orderId],
    )) as Pieces[],

  /** What was shipped, by product. */
  shipped: async (tx: Transaction, orderId: number): Promise<Pieces[]> =>
    (await tx.sql(
      `SELECT product_id AS "productId", sum(qty)::int AS qty
       FROM shipment_lines JOIN shipments ON shipments.id = shipment_id WHERE order_id = $1 GROUP BY product_id`,
      [orderId],
    )) as Pieces[],

  /** @returns its id */
  insert: async (
    tx: Transaction,
    orderId: number,
    { carrier, tracking, lines }: Pick<ShipmentRecord, 'carrier' | 'tracking' | 'lines'>,
  ): Promise<number> => {
    const [inserted] = (await tx.sql(
      `WITH inserted AS (
         INSERT INTO shipments (order_id, carrier, tracking) VALUES ($1, $2, $3) RETURNING id
       ), lines AS (
         INSERT INTO shipment_lines (shipment_id, product_id, qty)
         SELECT id, line."productId", line.qty
         FROM inserted, jsonb_to_recordset($4::jsonb) AS line ("productId" integer, qty integer)
       )
       SELECT id FROM inserted`,
      [orderId, carrier, tracking, JSON.stringify(lines)],
    )) as { id: number }[];
    if (inserted === undefined) throw new Error('A row that was inserted is not there.');
    return inserted.id;
  },

  /** Undefined members stay as they are. */
  update: async (
    tx: Transaction,
    id: number,
    { carrier, tracking, status }: ShipmentChange,
  ): Promise<void> => {
    await tx.sql(
      `UPDATE shipments SET carrier = coalesce($2, carrier), tracking = coalesce($3, tracking),
         status = coalesce($4, status),
         delivered_at = CASE WHEN $4 = 'delivered' THEN coalesce(delivered_at, now()) ELSE delivered_at END
       WHERE id = $1`,
      [id, carrier ?? null, tracking ?? null, status ?? null],
    );
  },

  /** Oldest first. */
  list: async (tx: Transaction, orderId: number): Promise<ShipmentRecord[]> => {
    const [order] = await tx.db
      .select({ shipments: shipmentsOfOrder })
      .from(orders)
      .where(eq(orders.id, orderId));
    return order?.shipments ?? [];
  },
};

/** A sub-select of a query of `orders`: the shipments of each, oldest first. */
export const shipmentsOfOrder = sql`(
  SELECT coalesce(json_agg(json_build_object('id', shipment.id, 'carrier', carrier, 'tracking', tracking,
    'status', shipment.status, 'createdAt', shipment.created_at, 'deliveredAt', delivered_at, 'lines', (
      SELECT json_agg(json_build_object('productId', product_id, 'qty', qty) ORDER BY product_id)
      FROM shipment_lines WHERE shipment_id = shipment.id)) ORDER BY shipment.id), '[]')
  FROM shipments shipment WHERE shipment.order_id = orders.id)`.mapWith(
  (sent: readonly ShipmentRecord[]): ShipmentRecord[] =>
    // JSON has no dates.
    sent.map((shipment) => ({
      ...shipment,
      createdAt: new Date(shipment.createdAt),
      deliveredAt: shipment.deliveredAt && new Date(shipment.deliveredAt),
    })),
);
