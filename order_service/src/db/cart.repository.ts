import { and, asc, eq, getTableColumns, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import type { CartLine } from '../domain/pricing.ts';
import { cartLines, carts } from './schema.ts';
import type { Transaction } from './transaction.ts';

export interface Cart {
  readonly id: number;
  readonly version: number;
  /** In the order in which they were added. */
  readonly lines: readonly CartLine[];
}

export type NewLine = Omit<CartLine, 'id'>;

export type CartRepository = ReturnType<typeof createCartRepository>;

export function createCartRepository(pool: pg.Pool) {
  const db = drizzle(pool);
  return {
    /** The customer's current cart; undefined when there never was one. */
    find: (customerId: number): Promise<Cart | undefined> => findCart(db, customerId),

    /** Makes the cart if there is none, and keeps others from changing it until the transaction ends. */
    lock: async (tx: Transaction, customerId: number): Promise<Cart> => {
      // An update that changes nothing still locks the row, whether it was there or not.
      const set = { customerId };
      await tx.db.insert(carts).values(set).onConflictDoUpdate({ target: carts.customerId, set });
      return present(await findCart(tx.db, customerId));
    },

    /** Adds the line of a product, or replaces the one that is there. */
    saveLine: async (tx: Transaction, { id: cartId }: Cart, line: NewLine): Promise<CartLine> => {
      await raiseVersion(tx, cartId);
      const [saved] = await tx.db
        .insert(cartLines)
        .values({ ...line, cartId })
        .onConflictDoUpdate({ target: [cartLines.cartId, cartLines.productId], set: line })
        .returning(lineColumns);
      return present(saved);
    },

    removeLine: async (tx: Transaction, cart: Cart, id: number): Promise<void> => {
      await raiseVersion(tx, cart.id);
      await tx.db.delete(cartLines).where(and(eq(cartLines.cartId, cart.id), eq(cartLines.id, id)));
    },

    empty: async (tx: Transaction, cart: Cart): Promise<void> => {
      await raiseVersion(tx, cart.id);
      await tx.db.delete(cartLines).where(eq(cartLines.cartId, cart.id));
    },
  };
}

const { cartId: _, ...lineColumns } = getTableColumns(cartLines);

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

async function raiseVersion(tx: Transaction, cartId: number): Promise<void> {
  const raised = { version: sql`${carts.version} + 1`, updatedAt: sql`now()` };
  await tx.db.update(carts).set(raised).where(eq(carts.id, cartId));
}

function present<T>(row: T | undefined): T {
  if (row === undefined) throw new Error('The row was locked, yet it is gone.');
  return row;
}
