import type { CancelReason, OrderStatus, RefundStatus } from '@shop/contracts';
import type { Read } from './database.ts';
import type { Windows } from './windows.ts';

/** A refund as order_service has it. */
export interface RefundFacts {
  readonly paymentId: string;
  /** None until Stripe has made it. */
  readonly stripeId: string | null;
  readonly amount: number;
  readonly status: RefundStatus;
  readonly lines: readonly {
    readonly productId: number;
    readonly unshipped: number;
    /** So many pieces went back on the shelf with it. */
    readonly returned: number;
  }[];
}

/** All that the databases say of an order, at one moment. */
export interface OrderFacts {
  readonly id: number;
  readonly orderNumber: string;
  /** As text: a Date would lose the microseconds by which pages are cut. */
  readonly createdAt: string;
  readonly status: OrderStatus;
  readonly reason: CancelReason | null;
  readonly amount: number;
  readonly currency: string;
  readonly paymentId: string | null;
  /** Its history says that this payment has succeeded. */
  readonly isPaid: boolean;
  /** It has changed a moment ago. */
  readonly isYoung: boolean;
  /** Something is awaited, and there is time. */
  readonly isOpen: boolean;
  /** Something was awaited, and its time is over by more than an event needs. */
  readonly isOverdue: boolean;
  /** In Unix seconds: what is younger is under way. */
  readonly settledAt: number;
  readonly wanted: readonly { readonly productId: number; readonly qty: number }[];
  /** What of it was sent, by product. */
  readonly shipped: readonly { readonly productId: number; readonly qty: number }[];
  readonly movements: readonly { readonly productId: number; readonly delta: number }[];
  readonly refunds: readonly RefundFacts[];
  /** Of catalog_service; null when there is none. */
  readonly reservation: 'reserved' | 'rejected' | 'released' | null;
}

export interface OrderPage {
  readonly after: Pick<OrderFacts, 'createdAt' | 'id'>;
  readonly to: string;
  readonly statuses: readonly OrderStatus[];
  readonly limit: number;
}

/** A page of orders by the time at which they were made. */
export function readOrderPage(
  read: Read,
  { settleSeconds }: Windows,
  { after, to, statuses, limit }: OrderPage,
): Promise<OrderFacts[]> {
  const page = `WHERE (created_at, id) > ($2::timestamptz, $3::int) AND created_at < $4::timestamptz
    AND status = ANY ($5::text[]) ORDER BY created_at, id LIMIT $6`;
  return read(factsOf(page), [settleSeconds, after.createdAt, after.id, to, statuses, limit]);
}

export function readOrders(
  read: Read,
  { settleSeconds }: Windows,
  numbers: readonly string[],
): Promise<OrderFacts[]> {
  return read(factsOf('WHERE order_number = ANY ($2::text[])'), [settleSeconds, numbers]);
}

const isOpen = `status IN ('pending', 'processing')`;

const factsOf = (page: string) => `
  WITH page AS MATERIALIZED (SELECT * FROM orders.orders ${page}),
    clock AS (SELECT now() - make_interval(secs => $1) AS settled)
  SELECT id, order_number AS "orderNumber", created_at::text AS "createdAt", status, reason, amount::float8, currency,
    payment_id AS "paymentId",
    EXISTS (
      SELECT FROM orders.order_history
      WHERE order_id = page.id AND cause = 'payment-succeeded' AND details ->> 'paymentId' = page.payment_id
    ) AS "isPaid",
    updated_at > settled
      OR EXISTS (SELECT FROM orders.refunds WHERE order_id = page.id AND updated_at > settled) AS "isYoung",
    (SELECT coalesce(json_agg(json_build_object('paymentId', payment_id, 'stripeId', stripe_id, 'amount', amount,
       'status', status, 'lines', (
         SELECT coalesce(json_agg(json_build_object(
           'productId', product_id, 'unshipped', unshipped, 'returned', returned)), '[]')
         FROM orders.refund_lines WHERE refund_id = refund.id
       ))), '[]')
     FROM orders.refunds refund WHERE order_id = page.id) AS refunds,
    ${isOpen} AND expires_at >= settled AS "isOpen",
    ${isOpen} AND expires_at < settled AS "isOverdue",
    extract(epoch FROM settled)::float8 AS "settledAt",
    (SELECT coalesce(json_agg(json_build_object('productId', product_id, 'qty', qty)), '[]')
     FROM (SELECT product_id, sum(qty) AS qty FROM orders.order_items WHERE order_id = page.id GROUP BY product_id) AS item
    ) AS wanted,
    (SELECT coalesce(json_agg(json_build_object('productId', product_id, 'qty', qty)), '[]')
     FROM (
       SELECT product_id, sum(qty) AS qty FROM orders.shipments JOIN orders.shipment_lines ON shipment_id = shipments.id
       WHERE order_id = page.id GROUP BY product_id
     ) AS sent
    ) AS shipped,
    (SELECT coalesce(json_agg(json_build_object('productId', product_id, 'delta', delta)), '[]')
     FROM catalog.stock_movements movement WHERE movement.order_number = page.order_number) AS movements,
    (SELECT state FROM catalog.stock_reservations reservation WHERE reservation.order_number = page.order_number)
      AS reservation
  FROM page, clock ORDER BY created_at, id`;
