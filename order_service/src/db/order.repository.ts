import { type OrderStatus, openOrderStatuses } from '@shop/contracts';
import { insertEvents, rememberEvent } from '@shop/messaging';
import {
  and,
  asc,
  count,
  desc,
  eq,
  getTableColumns,
  gte,
  inArray,
  lt,
  lte,
  notInArray,
  sql,
} from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { OrderedCheckout } from '../domain/delivery.ts';
import type { Fulfilment } from '../domain/fulfilment.ts';
import type { OrderItem } from '../domain/pricing.ts';
import { type Cart, raiseOrderedVersion } from './cart.repository.ts';
import { type RefundRecord, refundsOfOrder } from './refund.repository.ts';
import { orderHistory, orders } from './schema.ts';
import { type ShipmentRecord, shipmentsOfOrder } from './shipment.repository.ts';
import type { Statement, Transaction } from './transaction.ts';

export type OrderRecord = typeof orders.$inferSelect;
export type OrderWithItems = OrderRecord & {
  readonly items: readonly OrderItem[];
  /** Oldest first. */
  readonly shipments: readonly ShipmentRecord[];
};
export type HistoryRecord = typeof orderHistory.$inferSelect;
/** History and refunds are in the order in which they happened. */
export type OrderWithHistory = OrderWithItems & {
  readonly history: readonly HistoryRecord[];
  readonly refunds: readonly RefundRecord[];
};

/** Members that are undefined let all orders through. */
export interface OrderFilter {
  readonly customerId?: number | undefined;
  readonly status?: OrderStatus | undefined;
  readonly fulfilment?: Fulfilment | undefined;
  /** Created at this time (RFC 3339) or later. */
  readonly from?: string | undefined;
  /** Created before this time. */
  readonly to?: string | undefined;
}

export interface OrderPage {
  /** The number of an order: the page begins after it. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

/** An order that is locked, and when it was: by the clock of the database, as instances need not have the same. */
export type LockedOrder = OrderRecord & { readonly now: Date };

export interface NewOrder
  extends Pick<
    OrderWithItems,
    | 'orderNumber'
    | 'customerId'
    | 'amount'
    | 'currency'
    | 'traceparent'
    | 'items'
    | 'adjustments'
    | 'guestAddress'
  > {
  readonly checkout: OrderedCheckout | undefined;
  /** How long it may wait for its stock. */
  readonly windowMs: number;
  readonly most: MostHeld;
}

/** How many orders that are not paid, and pieces in them, a customer may have, and the guests of one address; 0 is no limit. */
export interface MostHeld {
  readonly orders: number;
  readonly pieces: number;
  readonly ordersOfAddress: number;
  readonly piecesOfAddress: number;
}

export type NewHistoryEntry = Pick<HistoryRecord, 'cause' | 'details' | 'eventId'>;

export type OrderChange = { readonly [K in keyof OrderRecord]?: OrderRecord[K] | undefined };

export interface OpenOrders {
  readonly orders: number;
  readonly ageSeconds: number;
}

export type OrderRepository = ReturnType<typeof createOrderRepository>;

export function createOrderRepository(pool: pg.Pool) {
  const db = drizzle(pool);
  return {
    find: (orderNumber: string): Promise<OrderWithHistory | undefined> =>
      first(
        db
          .select({
            ...getTableColumns(orders),
            items,
            shipments: shipmentsOfOrder,
            history,
            refunds: refundsOfOrder,
          })
          .from(orders)
          .where(eq(orders.orderNumber, orderNumber)),
      ),

    /** The order of this customer that the payment is, or was, for. */
    findByPayment: async (customerId: number, paymentId: string): Promise<string | undefined> => {
      // Walks through the customer's orders: an index of payments would have to be kept for every order.
      const isIts = sql`(${orders.paymentId} = ${paymentId} OR ${paymentId} = ANY(${orders.closedPayments}))`;
      const [found] = await db
        .select({ orderNumber: orders.orderNumber })
        .from(orders)
        .where(and(eq(orders.customerId, customerId), isIts))
        .limit(1);
      return found?.orderNumber;
    },

    /** Newest first. */
    list: (filter: OrderFilter, { after, limit, offset }: OrderPage): Promise<OrderWithItems[]> =>
      db
        .select({ ...getTableColumns(orders), items, shipments: shipmentsOfOrder })
        .from(orders)
        .where(and(matching(filter), after === undefined ? undefined : behind(after, filter)))
        .orderBy(desc(orders.createdAt), desc(orders.id))
        .limit(limit)
        .offset(offset),

    /** Counts no further than `limit`. */
    count: (filter: OrderFilter, limit: number): Promise<number> =>
      db.$count(db.select({ id: orders.id }).from(orders).where(matching(filter)).limit(limit).as('matched')),

    /** Of each status in which orders wait: how many do, and for how many seconds the oldest has existed. */
    countOpen: async (): Promise<ReadonlyMap<OrderStatus, OpenOrders>> => {
      const { status, createdAt } = orders;
      const isOpen = inArray(status, openOrderStatuses);
      const ageSeconds = sql<number>`extract(epoch FROM now() - min(${createdAt}))::float8`;
      const rows = await db
        .select({ status, orders: count(), ageSeconds })
        .from(orders)
        .where(isOpen)
        .groupBy(status);
      return new Map(rows.map((row) => [row.status, row]));
    },

    /**
     * The entries after these (id of an order → id of an entry), of all orders in one query, oldest first; of one order
     * at most `limit`.
     * Entries of one order are written while its row is locked, so that their ids are in the order of the commits
     * and none is overtaken.
     */
    historyAfter: (positions: ReadonlyMap<number, number>, limit: number): Promise<HistoryRecord[]> => {
      const orderIds = sql.param([...positions.keys()]);
      const entryIds = sql.param([...positions.values()]);
      // Lateral, so that each order is a short walk in the index, however the planner guesses.
      const news = db
        .select()
        .from(orderHistory)
        .where(sql`${orderHistory.orderId} = position.order_id AND ${orderHistory.id} > position.entry_id`)
        .orderBy(asc(orderHistory.id))
        .limit(limit)
        .as('news');
      const { id, orderId, status, cause, details, eventId, createdAt } = news;
      return db
        .select({ id, orderId, status, cause, details, eventId, createdAt })
        .from(sql`unnest(${orderIds}::int[], ${entryIds}::bigint[]) AS position (order_id, entry_id)`)
        .crossJoinLateral(news)
        .orderBy(asc(id));
    },

    /**
     * Makes an order of a cart, empties the cart and adds the event. The order is `pending`, and its history begins with
     * it. In one statement, so that it needs no transaction.
     * All orders of a customer come of one cart, so what is counted here includes each that came before it. Those of an
     * address do not: it must be locked.
     * @param event as `withEvent` gives it
     * @returns `changed` when the cart has changed since it was read, `full` when too much is held
     */
    insert: async (
      { sql: run }: Statement,
      cart: Pick<Cart, 'id' | 'version'>,
      order: NewOrder,
      event: string,
    ): Promise<OrderWithItems | 'changed' | 'full'> => {
      const { orderNumber, customerId, amount, currency, windowMs, traceparent, items } = order;
      const { adjustments, checkout, guestAddress, most } = order;
      const [inserted] = await run(
        `WITH ${room}, ${raiseOrderedVersion('(SELECT fits FROM room)')}, emptied AS (
           DELETE FROM cart_lines WHERE cart_id IN (SELECT id FROM raised)
         ), orders AS (
           INSERT INTO orders (order_number, customer_id, cart_id, cart_version, amount, currency, status, expires_at,
             due_at, traceparent, adjustments, contact, shipping_address, billing_address, delivery_method,
             guest_address)
           SELECT $3, $4, id, $2, $5, $6, 'pending', expires_at, expires_at, $8, $10::jsonb,
             checkout->'contact', checkout->'shippingAddress', nullif(checkout->'billingAddress', 'null'),
             checkout->'deliveryMethod', $12
           FROM raised, (SELECT $11::jsonb) AS given (checkout), (SELECT now() + $7 * interval '1 millisecond') AS window_of (expires_at) RETURNING *
         ), items AS (
           INSERT INTO order_items (order_id, product_id, item_name, qty, price, image_url)
           SELECT orders.id, "productId", "itemName", qty, item.price, "imageUrl"
           FROM orders, ROWS FROM (jsonb_to_recordset($9::jsonb)
             AS ("productId" integer, "itemName" text, qty integer, price bigint, "imageUrl" text))
             WITH ORDINALITY AS item ("productId", "itemName", qty, price, "imageUrl", place)
           ORDER BY place
         ), history AS (
           INSERT INTO order_history (order_id, status, cause) SELECT id, status, 'created' FROM orders
         ), outbox AS (${insertEvents('$18', 'EXISTS (SELECT FROM orders)')})
         SELECT room.fits, ${orderColumns} FROM room LEFT JOIN orders ON true`,
        [
          cart.id,
          cart.version,
          orderNumber,
          customerId,
          amount,
          currency,
          windowMs,
          traceparent,
          JSON.stringify(items),
          JSON.stringify(adjustments),
          checkout === undefined ? null : JSON.stringify(checkout),
          guestAddress,
          items.reduce((sum, { qty }) => sum + qty, 0),
          most.orders,
          most.pieces,
          most.ordersOfAddress,
          most.piecesOfAddress,
          event,
        ],
      );
      const { fits, ...saved } = inserted as OrderRecord & { readonly fits: boolean };
      if (!fits) return 'full';
      // Nothing of the order, for there is none.
      if (saved.id === null) return 'changed';
      return { ...saved, items, shipments: [] };
    },

    /** Lets the guests of one address order one after the other until the transaction ends. */
    lockAddress: async (tx: Transaction, address: string): Promise<void> => {
      const lock = 'SELECT pg_advisory_xact_lock(hashtextextended($1::text, 0)) IS NULL AS taken';
      await tx.sql(lock, [`orders of guests ${address}`]);
    },

    /** Keeps others from changing the order until the transaction ends. */
    lock: async (tx: Transaction, orderNumber: string): Promise<LockedOrder | undefined> => {
      const text = `SELECT ${orderColumns}, now() FROM orders WHERE order_number = $1 FOR UPDATE`;
      return (await tx.sql(text, [orderNumber]))[0] as LockedOrder | undefined;
    },

    /**
     * {@link lock} for an event, which is remembered as handled.
     * @returns `handled` when it was before, `unknown` when there is no such order
     */
    lockForEvent: async (
      tx: Transaction,
      consumer: string,
      eventId: string,
      orderNumber: string,
    ): Promise<LockedOrder | 'handled' | 'unknown'> => {
      const rows = await tx.sql(
        `WITH ${rememberEvent}
         SELECT ${orderColumns}, now() FROM orders WHERE order_number = $3 AND EXISTS (SELECT FROM first) FOR UPDATE`,
        [consumer, eventId, orderNumber],
      );
      if (rows[0] !== undefined) return rows[0] as LockedOrder;
      const known = await tx.sql('SELECT FROM orders WHERE order_number = $1', [orderNumber]);
      return known.length > 0 ? 'handled' : 'unknown';
    },

    /**
     * Locks an order that the sweep has to look at; those that another instance holds are passed over.
     * @param dueBy now, unless given
     */
    lockDue: (
      tx: Transaction,
      dueBy: Date | undefined,
      except: readonly number[],
    ): Promise<LockedOrder | undefined> =>
      first(
        tx.db
          .select({ ...getTableColumns(orders), now: sql`now()`.mapWith(orders.createdAt) })
          .from(orders)
          .where(and(lte(orders.dueAt, dueBy ?? sql`now()`), notInArray(orders.id, [...except])))
          .orderBy(asc(orders.dueAt))
          .limit(1)
          .for('update', { skipLocked: true }),
      ),

    /**
     * Writes what differs, undefined members aside, and an entry of the order's history, if one is given. `updatedAt`
     * changes only with what the customer sees. The order must be locked: see `historyAfter`.
     */
    update: async (
      tx: Transaction,
      order: OrderRecord,
      change: OrderChange,
      entry?: NewHistoryEntry,
    ): Promise<void> => {
      const differs = (name: keyof OrderChange) => change[name] !== undefined && change[name] !== order[name];
      const changes = (Object.keys(change) as (keyof OrderChange)[]).some(differs);
      if (!changes && entry === undefined) return;
      const isVisible = (['status', 'reason', 'fulfilment', 'paymentId'] as const).some(differs);
      const given = Object.fromEntries(Object.entries(change).filter(([, value]) => value !== undefined));
      const changed: OrderRecord = { ...order, ...given };
      const { status, reason, fulfilment, paymentId, paymentExpired, closedPayments, expiresAt, dueAt } =
        changed;
      await tx.sql(
        `WITH updated AS (
           UPDATE orders SET status = $2, reason = $3, payment_id = $4, payment_expired = $5, closed_payments = $6,
             expires_at = $7, due_at = $8, fulfilment = $13,
             guest_address = CASE WHEN $2 IN ('pending', 'processing') THEN guest_address END,
             updated_at = CASE WHEN $9 THEN now() ELSE updated_at END
           WHERE id = $1
         )
         INSERT INTO order_history (order_id, status, cause, details, event_id)
         SELECT $1, $2, $10, $11::jsonb, $12 WHERE $10::text IS NOT NULL`,
        [
          order.id,
          status,
          reason,
          paymentId,
          paymentExpired,
          closedPayments,
          expiresAt,
          dueAt,
          isVisible,
          entry?.cause ?? null,
          entry?.details ? JSON.stringify(entry.details) : null,
          entry?.eventId ?? null,
          fulfilment,
        ],
      );
    },
  };
}

/** Without a limit nothing is looked at: there may be very many. */
const held = (isOwn: boolean, condition: string) =>
  `SELECT ${isOwn} AS is_own, (SELECT sum(qty) FROM order_items WHERE order_id = held.id) AS qty
   FROM orders AS held WHERE status IN ('pending', 'processing') AND ${condition}`;

/**
 * A CTE `room (fits)`: whether $13 more pieces may be held by the customer $4, and at the address $12, unless that is
 * null. A limit of 0 is none.
 */
const room = `room AS (
  SELECT ($14::bigint = 0 OR count(*) FILTER (WHERE is_own) < $14::bigint)
    AND ($15::bigint = 0 OR coalesce(sum(qty) FILTER (WHERE is_own), 0) + $13::bigint <= $15)
    AND ($16::bigint = 0 OR $12::text IS NULL OR count(*) FILTER (WHERE NOT is_own) < $16)
    AND ($17::bigint = 0 OR $12::text IS NULL OR coalesce(sum(qty) FILTER (WHERE NOT is_own), 0) + $13 <= $17) AS fits
  FROM (
    ${held(true, 'customer_id = $4 AND $14::bigint + $15::bigint > 0')}
    UNION ALL
    ${held(false, 'guest_address = $12::text AND $16::bigint + $17::bigint > 0')}
  ) AS held
)`;

/** All columns by the names of an {@link OrderRecord}, of a table or subquery called `orders`. */
const orderColumns = Object.entries(getTableColumns(orders))
  .map(([name, column]) => `orders.${column.name} AS "${name}"`)
  .join(', ');

const first = async <T>(rows: PromiseLike<readonly T[]>): Promise<T | undefined> => (await rows)[0];

// Sub-selects, so that an order comes with what belongs to it from one snapshot of the database.
const items = sql<OrderItem[]>`(
  SELECT coalesce(json_agg(json_build_object(
    'productId', product_id, 'itemName', item_name, 'qty', qty, 'price', price, 'imageUrl', image_url)
    ORDER BY item.id), '[]')
  FROM order_items item WHERE item.order_id = orders.id)`;

const history = sql`(
  SELECT coalesce(json_agg(json_build_object('id', entry.id, 'orderId', order_id, 'status', entry.status,
    'cause', cause, 'details', details, 'eventId', entry.event_id, 'createdAt', entry.created_at) ORDER BY entry.id), '[]')
  FROM order_history entry WHERE entry.order_id = orders.id)`.mapWith(
  (entries: readonly HistoryRecord[]): readonly HistoryRecord[] =>
    // JSON has no dates.
    entries.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) })),
);

const matching = ({ customerId, status, fulfilment, from, to }: OrderFilter) =>
  and(
    customerId === undefined ? undefined : eq(orders.customerId, customerId),
    status === undefined ? undefined : eq(orders.status, status),
    fulfilment === undefined ? undefined : eq(orders.fulfilment, fulfilment),
    from === undefined ? undefined : gte(orders.createdAt, new Date(from)),
    to === undefined ? undefined : lt(orders.createdAt, new Date(to)),
  );

/** The list is cut at the very order that the page before ended with: its time alone may be that of others too. */
const behind = (orderNumber: string, { customerId }: OrderFilter) => sql`(${orders.createdAt}, ${orders.id}) <
  (SELECT last.created_at, last.id FROM orders last WHERE last.order_number = ${orderNumber}
   ${customerId === undefined ? undefined : sql`AND last.customer_id = ${customerId}`})`;
