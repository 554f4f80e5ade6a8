import type { OrderStatus } from '@shop/contracts';
import { and, asc, desc, eq, inArray, lte, type SQL, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { PricedLine } from '../domain/pricing.ts';
import { orderHistory, orderItems, orders } from './schema.ts';
import type { InTransaction, Transaction } from './transaction.ts';

export type OrderRecord = typeof orders.$inferSelect;

export interface HistoryEntry {
  readonly status: OrderStatus;
  /** What happened: a fact of `domain/order-status.ts`, or `created`. */
  readonly cause: string;
  readonly details: Readonly<Record<string, unknown>> | null;
  readonly createdAt: Date;
}

export interface OrderWithItems extends OrderRecord {
  readonly items: readonly PricedLine[];
}

export interface OrderWithHistory extends OrderWithItems {
  readonly history: readonly HistoryEntry[];
}

export type NewOrder = Omit<
  typeof orders.$inferInsert,
  'status' | 'reason' | 'paymentId' | 'paymentExpired' | 'createdAt' | 'updatedAt'
> & { readonly items: readonly PricedLine[] };

export type OrderChange = Partial<
  Pick<OrderRecord, 'status' | 'reason' | 'paymentId' | 'paymentExpired' | 'expiresAt' | 'dueAt'>
>;

export interface OrderFilter {
  /** Only this customer's orders; everybody's when absent. */
  readonly customerId?: number | undefined;
  readonly status?: OrderStatus | undefined;
  readonly limit: number;
  readonly offset: number;
}

export interface OrderRepository {
  readonly inTransaction: InTransaction;
  find(orderNumber: string): Promise<OrderWithHistory | undefined>;
  /** Newest first. */
  list(filter: OrderFilter): Promise<{ readonly items: readonly OrderWithItems[]; readonly total: number }>;
  insert(tx: Transaction, order: NewOrder): Promise<OrderWithItems>;
  /** Keeps others from changing the order until the transaction ends. */
  lock(tx: Transaction, orderNumber: string): Promise<OrderRecord | undefined>;
  /** Orders that the sweeper has to look at; those that another instance holds are passed over. */
  lockDue(tx: Transaction, limit: number): Promise<OrderRecord[]>;
  update(tx: Transaction, order: OrderRecord, change: OrderChange): Promise<void>;
  addHistory(tx: Transaction, orderId: number, entry: Omit<HistoryEntry, 'createdAt'>): Promise<void>;
}

export function createOrderRepository(pool: pg.Pool, inTransaction: InTransaction): OrderRepository {
  const db = drizzle(pool);
  return {
    inTransaction,
    find: async (orderNumber) => {
      const [order] = await db.select().from(orders).where(eq(orders.orderNumber, orderNumber));
      if (order === undefined) return undefined;
      const [items, history] = await Promise.all([findItems(db, [order.id]), findHistory(db, order.id)]);
      return { ...order, items: items.get(order.id) ?? [], history };
    },
    list: async (filter) => {
      const condition = matching(filter);
      const [page, total] = await Promise.all([
        db
          .select()
          .from(orders)
          .where(condition)
          .orderBy(desc(orders.id))
          .limit(filter.limit)
          .offset(filter.offset),
        db.$count(orders, condition),
      ]);
      const items = await findItems(
        db,
        page.map((order) => order.id),
      );
      return { total, items: page.map((order) => ({ ...order, items: items.get(order.id) ?? [] })) };
    },
    insert: insertOrder,
    lock: async (tx, orderNumber) => {
      const [order] = await tx.db
        .select()
        .from(orders)
        .where(eq(orders.orderNumber, orderNumber))
        .for('update');
      return order;
    },
    lockDue: (tx, limit) =>
      tx.db
        .select()
        .from(orders)
        .where(lte(orders.dueAt, sql`now()`))
        .orderBy(asc(orders.dueAt))
        .limit(limit)
        .for('update', { skipLocked: true }),
    update: async (tx, order, change) => {
      await tx.db
        .update(orders)
        .set({ ...change, updatedAt: sql`now()` })
        .where(eq(orders.id, order.id));
    },
    addHistory: async (tx, orderId, entry) => {
      await tx.db.insert(orderHistory).values({ ...entry, orderId });
    },
  };
}

async function insertOrder(tx: Transaction, { items, ...order }: NewOrder): Promise<OrderWithItems> {
  const [inserted] = await tx.db
    .insert(orders)
    .values({ ...order, status: 'pending' })
    .returning();
  if (inserted === undefined) throw new Error('An insert returned no row.');
  await tx.db.insert(orderItems).values(items.map((item) => ({ ...item, orderId: inserted.id })));
  await tx.db.insert(orderHistory).values({ orderId: inserted.id, status: 'pending', cause: 'created' });
  return { ...inserted, items };
}

function matching({ customerId, status }: OrderFilter): SQL | undefined {
  return and(
    customerId === undefined ? undefined : eq(orders.customerId, customerId),
    status === undefined ? undefined : eq(orders.status, status),
  );
}

async function findItems(db: NodePgDatabase, orderIds: number[]): Promise<Map<number, PricedLine[]>> {
  const found = new Map<number, PricedLine[]>(orderIds.map((id) => [id, []]));
  if (orderIds.length === 0) return found;
  const rows = await db
    .select()
    .from(orderItems)
    .where(inArray(orderItems.orderId, orderIds))
    .orderBy(asc(orderItems.id));
  for (const { orderId, productId, itemName, qty, price } of rows) {
    found.get(orderId)?.push({ productId, itemName, qty, price });
  }
  return found;
}

function findHistory(db: NodePgDatabase, orderId: number): Promise<HistoryEntry[]> {
  const { status, cause, details, createdAt } = orderHistory;
  return db
    .select({ status, cause, details, createdAt })
    .from(orderHistory)
    .where(eq(orderHistory.orderId, orderId))
    .orderBy(asc(orderHistory.id));
}
