import type { OrderStatus } from '@shop/contracts';
import { and, asc, count, desc, eq, getTableColumns, gte, lt, type SQL, sql } from 'drizzle-orm';
import type { NodePgDatabase } from 'drizzle-orm/node-postgres';
import type { PricedLine } from '../domain/pricing.ts';
import { orderHistory, orders } from './schema.ts';

export type OrderRecord = typeof orders.$inferSelect;

export type HistoryEntry = Omit<typeof orderHistory.$inferSelect, 'orderId'>;

export interface OrderWithItems extends OrderRecord {
  readonly items: PricedLine[];
}

export interface OrderWithHistory extends OrderWithItems {
  /** Oldest first. */
  readonly history: readonly HistoryEntry[];
}

export interface OrderFilter {
  /** Only this customer's orders; everybody's when absent. */
  readonly customerId?: number | undefined;
  readonly status?: OrderStatus | undefined;
  /** Created at this time or later. */
  readonly from?: Date | undefined;
  /** Created before this time. */
  readonly to?: Date | undefined;
  /** The number of an order: only those that come after it in the list. */
  readonly after?: string | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface OrderRows {
  readonly items: readonly OrderWithItems[];
  readonly total: number;
}

/** Up to where somebody has read an order's history. */
export interface HistoryPosition {
  readonly orderId: number;
  readonly after: number;
}

export interface HistoryNews extends HistoryEntry {
  readonly orderId: number;
}

// Sub-selects, so that an order comes with what belongs to it from one snapshot of the database.
const items = sql<PricedLine[]>`(
  SELECT coalesce(json_agg(json_build_object(
    'productId', product_id, 'itemName', item_name, 'qty', qty, 'price', price) ORDER BY item.id), '[]')
  FROM order_items item WHERE item.order_id = orders.id)`;

type HistoryRow = Omit<HistoryEntry, 'createdAt'> & { readonly createdAt: string };
const history = sql<HistoryRow[]>`(
  SELECT coalesce(json_agg(json_build_object(
    'id', entry.id, 'status', entry.status, 'cause', cause, 'details', details, 'createdAt', entry.created_at)
    ORDER BY entry.id), '[]')
  FROM order_history entry WHERE entry.order_id = orders.id)`;

export async function findOrder(
  db: NodePgDatabase,
  orderNumber: string,
): Promise<OrderWithHistory | undefined> {
  const [order] = await db
    .select({ ...getTableColumns(orders), items, history })
    .from(orders)
    .where(eq(orders.orderNumber, orderNumber));
  if (order === undefined) return undefined;
  const entries = order.history.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) }));
  return { ...order, history: entries };
}

/** Newest first. */
export async function listOrders(db: NodePgDatabase, filter: OrderFilter): Promise<OrderRows> {
  const condition = matching(filter);
  const [page, total] = await Promise.all([
    db
      .select({ ...getTableColumns(orders), items })
      .from(orders)
      .where(and(condition, behind(filter.after)))
      .orderBy(desc(orders.createdAt), desc(orders.id))
      .limit(filter.limit)
      .offset(filter.offset),
    db.$count(orders, condition),
  ]);
  return { items: page, total };
}

function matching({ customerId, status, from, to }: OrderFilter): SQL | undefined {
  return and(
    customerId === undefined ? undefined : eq(orders.customerId, customerId),
    status === undefined ? undefined : eq(orders.status, status),
    from === undefined ? undefined : gte(orders.createdAt, from),
    to === undefined ? undefined : lt(orders.createdAt, to),
  );
}

/** The list is cut at the very order that the page before ended with: its time alone may be that of others too. */
const behind = (orderNumber: string | undefined) =>
  orderNumber === undefined
    ? undefined
    : sql`(${orders.createdAt}, ${orders.id}) <
        (SELECT last.created_at, last.id FROM orders last WHERE last.order_number = ${orderNumber})`;

/**
 * What came after each of these positions, of all orders in one query, oldest first; of one order at most `limit`.
 * Entries of one order are written while its row is locked, so that their ids are in the order of the commits and
 * none is overtaken.
 */
export function historyAfter(
  db: NodePgDatabase,
  positions: readonly HistoryPosition[],
  limit: number,
): Promise<HistoryNews[]> {
  const orderIds = sql.param(positions.map(({ orderId }) => orderId));
  const after = sql.param(positions.map((position) => position.after));
  // Lateral, so that each order is a short walk in the index, however the planner guesses.
  const news = db
    .select()
    .from(orderHistory)
    .where(sql`${orderHistory.orderId} = read_up_to.order_id AND ${orderHistory.id} > read_up_to.entry_id`)
    .orderBy(asc(orderHistory.id))
    .limit(limit)
    .as('news');
  const { id, orderId, status, cause, details, createdAt } = news;
  return db
    .select({ id, orderId, status, cause, details, createdAt })
    .from(sql`unnest(${orderIds}::int[], ${after}::bigint[]) AS read_up_to (order_id, entry_id)`)
    .crossJoinLateral(news)
    .orderBy(asc(id));
}

export async function countByStatus(db: NodePgDatabase): Promise<ReadonlyMap<OrderStatus, number>> {
  const rows = await db
    .select({ status: orders.status, orders: count() })
    .from(orders)
    .groupBy(orders.status);
  return new Map(rows.map((row) => [row.status, row.orders]));
}
