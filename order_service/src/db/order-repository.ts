import type { OrderStatus } from '@shop/contracts';
import { and, asc, eq, lte, notInArray, sql } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { PricedLine } from '../domain/pricing.ts';
import {
  countByStatus,
  findOrder,
  type HistoryEntry,
  type HistoryNews,
  type HistoryPosition,
  historyAfter,
  listOrders,
  type OrderFilter,
  type OrderRecord,
  type OrderRows,
  type OrderWithHistory,
  type OrderWithItems,
} from './order-queries.ts';
import { orderHistory, orderItems, orders } from './schema.ts';
import type { InTransaction, Transaction } from './transaction.ts';

export type NewOrder = Omit<
  typeof orders.$inferInsert,
  'status' | 'reason' | 'paymentId' | 'paymentExpired' | 'closedPayments' | 'createdAt' | 'updatedAt'
> & { readonly items: PricedLine[] };

export type OrderChange = Partial<
  Pick<OrderRecord, 'status' | 'reason' | 'paymentId' | 'paymentExpired' | 'closedPayments'> &
    Pick<OrderRecord, 'expiresAt' | 'dueAt'>
>;

export type NewHistoryEntry = Omit<HistoryEntry, 'id' | 'createdAt'>;

export interface OrderRepository {
  readonly inTransaction: InTransaction;
  find(orderNumber: string): Promise<OrderWithHistory | undefined>;
  list(filter: OrderFilter): Promise<OrderRows>;
  historyAfter(positions: readonly HistoryPosition[], limit: number): Promise<HistoryNews[]>;
  countByStatus(): Promise<ReadonlyMap<OrderStatus, number>>;
  insert(tx: Transaction, order: NewOrder): Promise<OrderWithItems>;
  /** Keeps others from changing the order until the transaction ends. */
  lock(tx: Transaction, orderNumber: string): Promise<OrderRecord | undefined>;
  /** Locks an order that the sweeper has to look at; those that another instance holds are passed over. */
  lockDue(tx: Transaction, dueBy: Date, except: readonly number[]): Promise<OrderRecord | undefined>;
  update(tx: Transaction, order: OrderRecord, change: OrderChange): Promise<void>;
  /** The order must be locked: see {@link historyAfter}. */
  addHistory(tx: Transaction, orderId: number, entry: NewHistoryEntry): Promise<void>;
}

export function createOrderRepository(pool: pg.Pool, inTransaction: InTransaction): OrderRepository {
  const db = drizzle(pool);
  return {
    inTransaction,
    find: (orderNumber) => findOrder(db, orderNumber),
    list: (filter) => listOrders(db, filter),
    historyAfter: (positions, limit) => historyAfter(db, positions, limit),
    countByStatus: () => countByStatus(db),
    insert: insertOrder,
    lock: async (tx, orderNumber) => {
      const [order] = await tx.db
        .select()
        .from(orders)
        .where(eq(orders.orderNumber, orderNumber))
        .for('update');
      return order;
    },
    lockDue: async (tx, dueBy, except) => {
      const [order] = await tx.db
        .select()
        .from(orders)
        .where(and(lte(orders.dueAt, dueBy), notInArray(orders.id, [...except])))
        .orderBy(asc(orders.dueAt))
        .limit(1)
        .for('update', { skipLocked: true });
      return order;
    },
    update: async (tx, order, change) => {
      const updatedAt = isVisible(order, change) ? { updatedAt: sql`now()` } : {};
      await tx.db
        .update(orders)
        .set({ ...change, ...updatedAt })
        .where(eq(orders.id, order.id));
    },
    addHistory: async (tx, orderId, entry) => {
      await tx.db.insert(orderHistory).values({ ...entry, orderId });
    },
  };
}

/** When the sweeper looks next, for one, is not the customer's business. */
function isVisible(order: OrderRecord, change: OrderChange): boolean {
  const shown = ['status', 'reason', 'paymentId'] as const;
  return shown.some((member) => change[member] !== undefined && change[member] !== order[member]);
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
