import { and, asc, eq, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { CartLine } from '../domain/pricing.ts';
import { cartLines, carts } from './schema.ts';
import type { InTransaction, Transaction } from './transaction.ts';

export interface Cart {
  readonly id: number;
  readonly version: number;
  /** In the order in which they were added. */
  readonly lines: readonly CartLine[];
}

export interface NewLine {
  readonly productId: number;
  readonly name: string;
  readonly price: number;
  readonly currency: string;
  readonly qty: number;
}

export interface CartRepository {
  readonly inTransaction: InTransaction;
  /** The customer's cart as it is now; undefined when there never was one. */
  find(customerId: number): Promise<Cart | undefined>;
  /** Makes the cart if there is none, and keeps others from changing it until the transaction ends. */
  lock(tx: Transaction, customerId: number): Promise<Cart>;
  addLine(tx: Transaction, cart: Cart, line: NewLine): Promise<CartLine>;
  updateLine(tx: Transaction, cart: Cart, lineId: number, change: Partial<NewLine>): Promise<CartLine>;
  removeLine(tx: Transaction, cart: Cart, lineId: number): Promise<void>;
  empty(tx: Transaction, cart: Cart): Promise<void>;
}

export function createCartRepository(pool: pg.Pool, inTransaction: InTransaction): CartRepository {
  const db = drizzle(pool);
  return {
    inTransaction,
    find: (customerId) => findCart(db, customerId),
    lock: async (tx, customerId) => {
      const [cart] = await tx.db
        .insert(carts)
        .values({ customerId })
        // An update that changes nothing still locks the row, whether it was there or not.
        .onConflictDoUpdate({ target: carts.customerId, set: { customerId } })
        .returning({ id: carts.id, version: carts.version });
      if (cart === undefined) throw new Error('An upsert returned no row.');
      return { ...cart, lines: await findLines(tx.db, cart.id) };
    },
    addLine: async (tx, cart, line) => {
      const [added] = await tx.db
        .insert(cartLines)
        .values({ ...line, cartId: cart.id })
        .returning(lineColumns);
      await raiseVersion(tx, cart);
      return present(added);
    },
    updateLine: async (tx, cart, lineId, change) => {
      const [updated] = await tx.db
        .update(cartLines)
        .set(change)
        .where(and(eq(cartLines.cartId, cart.id), eq(cartLines.id, lineId)))
        .returning(lineColumns);
      await raiseVersion(tx, cart);
      return present(updated);
    },
    removeLine: async (tx, cart, lineId) => {
      await tx.db.delete(cartLines).where(and(eq(cartLines.cartId, cart.id), eq(cartLines.id, lineId)));
      await raiseVersion(tx, cart);
    },
    empty: async (tx, cart) => {
      await tx.db.delete(cartLines).where(eq(cartLines.cartId, cart.id));
      await raiseVersion(tx, cart);
    },
  };
}

const lineColumns = {
  id: cartLines.id,
  productId: cartLines.productId,
  name: cartLines.name,
  price: cartLines.price,
  currency: cartLines.currency,
  qty: cartLines.qty,
};

async function findCart(db: NodePgDatabase, customerId: number): Promise<Cart | undefined> {
  // One statement, so that the version belongs to the lines.
  const rows = await db
    .select({ cart: { id: carts.id, version: carts.version }, line: lineColumns })
    .from(carts)
    .leftJoin(cartLines, eq(cartLines.cartId, carts.id))
    .where(eq(carts.customerId, customerId))
    .orderBy(asc(cartLines.id));
  const cart = rows[0]?.cart;
  return cart && { ...cart, lines: rows.flatMap(({ line }) => (line === null ? [] : [line])) };
}

function findLines(db: NodePgDatabase, cartId: number): Promise<CartLine[]> {
  return db
    .select(lineColumns)
    .from(cartLines)
    .where(eq(cartLines.cartId, cartId))
    .orderBy(asc(cartLines.id));
}

async function raiseVersion(tx: Transaction, cart: Cart): Promise<void> {
  await tx.db
    .update(carts)
    .set({ version: sql`${carts.version} + 1`, updatedAt: sql`now()` })
    .where(eq(carts.id, cart.id));
}

function present<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('The row was locked, yet it is gone.');
  return row;
}
