import type { RefundStatus } from '@shop/contracts';
import { asc, eq, getTableColumns, sql } from 'drizzle-orm';
import type { Pieces } from '../domain/fulfilment.ts';
import type { OrderItem } from '../domain/pricing.ts';
import type { RefundLine } from '../domain/refund.ts';
import { refunds } from './schema.ts';
import type { Transaction } from './transaction.ts';

export type RefundRecord = typeof refunds.$inferSelect & { readonly lines: readonly RefundLine[] };

export type NewRefund = Pick<RefundRecord, 'id' | 'orderId' | 'paymentId' | 'amount' | 'status' | 'lines'> &
  Partial<Pick<RefundRecord, 'stripeId' | 'reason' | 'failure'>>;

const columns = Object.entries(getTableColumns(refunds))
  .map(([name, column]) => `refunds.${column.name} AS "${name}"`)
  .join(', ');

/** The lines of a refund, for a query of `refunds`. */
const refundLines = sql<RefundLine[]>`(
  SELECT coalesce(json_agg(json_build_object('productId', product_id, 'qty', qty, 'restock', restock,
    'unshipped', unshipped, 'returned', returned) ORDER BY product_id, restock), '[]')
  FROM refund_lines WHERE refund_id = refunds.id)`;

/** As `refundLines` sorts them. */
const byProduct = (a: RefundLine, b: RefundLine) =>
  a.productId - b.productId || Number(a.restock) - Number(b.restock);

/** A sub-select of a query of `orders`: the refunds of each, in the order in which they were made. */
export const refundsOfOrder = sql`(
  SELECT coalesce(json_agg(json_build_object('id', id, 'orderId', order_id, 'paymentId', payment_id,
    'stripeId', stripe_id, 'amount', amount, 'status', status, 'reason', reason, 'failure', failure,
    'createdAt', created_at, 'updatedAt', updated_at, 'lines', ${refundLines})
    ORDER BY created_at, id), '[]')
  FROM refunds WHERE refunds.order_id = orders.id)`.mapWith((rows: readonly RefundRecord[]): RefundRecord[] =>
  // JSON has no dates.
  rows.map((row) => ({
    ...row,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  })),
);

/** The refunds of orders that the transaction has locked. */
export const refundRepository = {
  /** In the order in which they were made. */
  ofOrder: (tx: Transaction, orderId: number): Promise<RefundRecord[]> =>
    tx.db
      .select({ ...getTableColumns(refunds), lines: refundLines })
      .from(refunds)
      .where(eq(refunds.orderId, orderId))
      .orderBy(asc(refunds.createdAt), asc(refunds.id)),

  itemsOf: async (tx: Transaction, orderId: number): Promise<OrderItem[]> =>
    (await tx.sql(
      `SELECT product_id AS "productId", item_name AS "itemName", qty, price::float8, image_url AS "imageUrl"
       FROM order_items WHERE order_id = $1 ORDER BY id`,
      [orderId],
    )) as OrderItem[],

  insert: async (tx: Transaction, refund: NewRefund): Promise<RefundRecord> => {
    const { id, orderId, paymentId, stripeId, amount, status, reason, failure, lines } = refund;
    const [row] = await tx.sql(
      `WITH refunds AS (
         INSERT INTO refunds (id, order_id, payment_id, stripe_id, amount, status, reason, failure)
         VALUES ($1, $2, $3, $4, $5, $6, $7, $8) RETURNING *
       ), lines AS (
         INSERT INTO refund_lines (refund_id, product_id, qty, restock, unshipped)
         SELECT refunds.id, "productId", qty, restock, unshipped FROM refunds, jsonb_to_recordset($9::jsonb)
           AS line ("productId" integer, qty integer, restock boolean, unshipped integer)
       )
       SELECT ${columns} FROM refunds`,
      [
        id,
        orderId,
        paymentId,
        stripeId ?? null,
        amount,
        status,
        reason ?? null,
        failure ?? null,
        JSON.stringify(lines),
      ],
    );
    return { ...(row as RefundRecord), lines: lines.toSorted(byProduct) };
  },

  update: async (
    tx: Transaction,
    { id }: Pick<RefundRecord, 'id'>,
    status: RefundStatus,
    { stripeId = null, failure = null }: Partial<Pick<RefundRecord, 'stripeId' | 'failure'>>,
  ): Promise<void> => {
    await tx.sql(
      `UPDATE refunds SET status = $2, stripe_id = coalesce(stripe_id, $3), failure = coalesce($4, failure),
         updated_at = now() WHERE id = $1`,
      [id, status, stripeId, failure],
    );
  },

  /** Notes what goes back on the shelf, of each line. */
  setReturned: async (
    tx: Transaction,
    { id }: Pick<RefundRecord, 'id'>,
    lines: readonly (Pieces & Pick<RefundLine, 'restock'>)[],
  ): Promise<void> => {
    await tx.sql(
      `UPDATE refund_lines SET returned = line.qty
       FROM jsonb_to_recordset($2::jsonb) AS line ("productId" integer, qty integer, restock boolean)
       WHERE refund_id = $1 AND product_id = "productId" AND refund_lines.restock = line.restock`,
      [id, JSON.stringify(lines)],
    );
  },
};
