import type { OrderStatus } from '@shop/contracts';
import { and, asc, count, desc, eq, getTableColumns, gte, lt, lte, notInArray, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { OrderItem } from '../domain/pricing.ts';
import { orderHistory, orderItems, orders } from './schema.ts';
import type { Transaction } from './transaction.ts';

export type OrderRecord = typeof orders.$inferSelect;
export type OrderWithItems = OrderRecord & { readonly items: readonly OrderItem[] };
export type HistoryRecord = typeof orderHistory.$inferSelect;
/** The history is in the order in which it happened. */
export type OrderWithHistory = OrderWithItems & { readonly history: readonly HistoryRecord[] };

/** Members that are undefined let all orders through. */
export interface OrderFilter {
  readonly customerId?: number | undefined;
  readonly status?: OrderStatus | undefined;
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

export type NewOrder = Omit<typeof orders.$inferInsert, 'status'> & Pick<OrderWithItems, 'items'>;

export type OrderChange = { readonly [K in keyof OrderRecord]?: OrderRecord[K] | undefined };

export type OrderRepository = ReturnType<typeof createOrderRepository>;

export function createOrderRepository(pool: pg.Pool) {
  const db = drizzle(pool);
  return {
    find: (orderNumber: string): Promise<OrderWithHistory | undefined> =>
      first(
        db
          .select({ ...getTableColumns(orders), items, history })
          .from(orders)
          .where(eq(orders.orderNumber, orderNumber)),
      ),

    /** Newest first. */
    list: (filter: OrderFilter, { after, limit, offset }: OrderPage): Promise<OrderWithItems[]> =>
      db
        .select({ ...getTableColumns(orders), items })
        .from(orders)
        .where(and(matching(filter), after === undefined ? undefined : behind(after)))
        .orderBy(desc(orders.createdAt), desc(orders.id))
        .limit(limit)
        .offset(offset),

    count: (filter: OrderFilter): Promise<number> => db.$count(orders, matching(filter)),

    countByStatus: async (): Promise<ReadonlyMap<OrderStatus, number>> => {
      const { status } = orders;
      const rows = await db.select({ status, orders: count() }).from(orders).groupBy(status);
      return new Map(rows.map((row) => [row.status, row.orders]));
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
      const { id, orderId, status, cause, details, createdAt } = news;
      return db
        .select({ id, orderId, status, cause, details, createdAt })
        .from(sql`unnest(${orderIds}::int[], ${entryIds}::bigint[]) AS position (order_id, entry_id)`)
        .crossJoinLateral(news)
        .orderBy(asc(id));
    },

    /** A new order is `pending`; its history begins with it. */
    insert: async (tx: Transaction, { items, ...order }: NewOrder): Promise<OrderWithItems> => {
      const status = 'pending';
      const inserted = await first(
        tx.db
          .insert(orders)
          .values({ ...order, status })
          .returning(),
      );
      if (inserted === undefined) throw new Error('An insert returned no row.');
      const orderId = inserted.id;
      await tx.db.insert(orderItems).values(items.map((item) => ({ ...item, orderId })));
      await tx.db.insert(orderHistory).values({ orderId, status, cause: 'created' });
      return { ...inserted, items };
    },

    /** Keeps others from changing the order until the transaction ends. */
    lock: (tx: Transaction, orderNumber: string): Promise<OrderRecord | undefined> =>
      first(tx.db.select().from(orders).where(eq(orders.orderNumber, orderNumber)).for('update')),

    /** Locks an order that the sweep has to look at; those that another instance holds are passed over. */
    lockDue: (tx: Transaction, dueBy: Date, except: readonly number[]): Promise<OrderRecord | undefined> =>
      first(
        tx.db
          .select()
          .from(orders)
          .where(and(lte(orders.dueAt, dueBy), notInArray(orders.id, [...except])))
          .orderBy(asc(orders.dueAt))
          .limit(1)
          .for('update', { skipLocked: true }),
      ),

    /** Writes what differs, undefined members aside; `updatedAt` changes only with what the customer sees. */
    update: async (tx: Transaction, order: OrderRecord, change: OrderChange): Promise<void> => {
      const differs = (name: keyof OrderChange) => change[name] !== undefined && change[name] !== order[name];
      const isVisible = (['status', 'reason', 'paymentId'] as const).some(differs);
      if (!(Object.keys(change) as (keyof OrderChange)[]).some(differs)) return;
      const values = { ...change, ...(isVisible && { updatedAt: sql`now()` }) };
      await tx.db.update(orders).set(values).where(eq(orders.id, order.id));
    },

    /** The order must be locked: see `historyAfter`. */
    addHistory: async (tx: Transaction, entry: typeof orderHistory.$inferInsert): Promise<void> => {
      await tx.db.insert(orderHistory).values(entry);
    },
  };
}

const first = async <T>(rows: PromiseLike<readonly T[]>): Promise<T | undefined> => (await rows)[0];

// Sub-selects, so that an order comes with what belongs to it from one snapshot of the database.
const items = sql<OrderItem[]>`(
  SELECT coalesce(json_agg(json_build_object(
    'productId', product_id, 'itemName', item_name, 'qty', qty, 'price', price) ORDER BY item.id), '[]')
  FROM order_items item WHERE item.order_id = orders.id)`;

const history = sql`(
  SELECT coalesce(json_agg(json_build_object('id', entry.id, 'orderId', order_id, 'status', entry.status,
    'cause', cause, 'details', details, 'createdAt', entry.created_at) ORDER BY entry.id), '[]')
  FROM order_history entry WHERE entry.order_id = orders.id)`.mapWith(
  (entries: readonly HistoryRecord[]): readonly HistoryRecord[] =>
    // JSON has no dates.
    entries.map((entry) => ({ ...entry, createdAt: new Date(entry.createdAt) })),
);

const matching = ({ customerId, status, from, to }: OrderFilter) =>
  and(
    customerId === undefined ? undefined : eq(orders.customerId, customerId),
    status === undefined ? undefined : eq(orders.status, status),
    from === undefined ? undefined : gte(orders.createdAt, new Date(from)),
    to === undefined ? undefined : lt(orders.createdAt, new Date(to)),
  );

/** The list is cut at the very order that the page before ended with: its time alone may be that of others too. */
const behind = (orderNumber: string) => sql`(${orders.createdAt}, ${orders.id}) <
  (SELECT last.created_at, last.id FROM orders last WHERE last.order_number = ${orderNumber})`;
