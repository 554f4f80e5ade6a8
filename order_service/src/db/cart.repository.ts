import { sqlOf } from '@shop/messaging';
import type pg from 'pg';
import type { CartLine } from '../domain/pricing.ts';

export interface Cart {
  readonly id: number;
  /** Rises with every change of the cart. */
  readonly version: number;
  /** In the order in which they were added. */
  readonly lines: readonly CartLine[];
}

export type CartRepository = ReturnType<typeof createCartRepository>;

/** The columns of a {@link CartLine}, of a table called `line`. */
const lineColumns = `line.id, line.product_id AS "productId", line.name, line.price, line.currency, line.qty,
  line.image_url AS "imageUrl"`;

/** A CTE `raised (id)`: the cart with the id $1 and the version $2, which rises; no row when it has another by now. */
export const raiseVersion = `raised AS (
  UPDATE carts SET version = version + 1, updated_at = now() WHERE id = $1 AND version = $2 RETURNING id
)`;

/**
 * Carts are changed without locks: each change names the version that it was made from, and does nothing when the cart
 * has another by now. So what has been decided of a cart holds when it is written.
 */
export function createCartRepository(pool: pg.Pool) {
  const sql = sqlOf(pool);
  return {
    /** The customer's cart as it is now; undefined when there never was one. */
    find: async (customerId: number): Promise<Cart | undefined> => {
      // One statement, so that the version belongs to the lines.
      const [cart] = await sql(
        `SELECT cart.id, cart.version, (
           SELECT coalesce(json_agg(line ORDER BY line.id), '[]')
           FROM (SELECT ${lineColumns} FROM cart_lines AS line WHERE line.cart_id = cart.id) AS line
         ) AS lines
         FROM carts AS cart WHERE cart.customer_id = $1`,
        [customerId],
      );
      return cart as Cart | undefined;
    },

    /**
     * Writes a line, in place of that of the same product if there is one.
     * @returns the line, or undefined when the cart has changed since it was read
     */
    saveLine: async (
      customerId: number,
      cart: Cart | undefined,
      { productId, name, price, currency, qty, imageUrl }: Omit<CartLine, 'id'>,
    ): Promise<CartLine | undefined> => {
      const save = (raised: string) =>
        `WITH ${raised}
         INSERT INTO cart_lines AS line (cart_id, product_id, name, price, currency, qty, image_url)
         SELECT id, $3, $4, $5, $6, $7, $8 FROM raised
         ON CONFLICT (cart_id, product_id) DO UPDATE
         SET name = excluded.name, price = excluded.price, currency = excluded.currency, qty = excluded.qty,
           image_url = excluded.image_url
         RETURNING ${lineColumns}`;
      const line = [productId, name, price, currency, qty, imageUrl];
      const [saved] = await (cart === undefined
        ? sql(save(makeCart), [customerId, 1, ...line])
        : sql(save(raiseVersion), [cart.id, cart.version, ...line]));
      return saved as CartLine | undefined;
    },

    /** @returns false when the cart has changed since it was read */
    removeLine: async ({ id, version }: Cart, lineId: number): Promise<boolean> => {
      const removed = await sql(
        `WITH ${raiseVersion}
         DELETE FROM cart_lines AS line USING raised WHERE line.cart_id = raised.id AND line.id = $3
         RETURNING line.id`,
        [id, version, lineId],
      );
      return removed.length > 0;
    },
  };
}

/** A CTE like {@link raiseVersion}: the new cart of the customer $1, with the version $2; no row when there is one. */
const makeCart = `raised AS (
  INSERT INTO carts (customer_id, version) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id
)`;
