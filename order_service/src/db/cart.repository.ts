import { sqlOf } from '@shop/messaging';
import { withTransaction } from '@shop/service-kit';
import type pg from 'pg';
import type { CartCheckout } from '../domain/delivery.ts';
import type { CartLine } from '../domain/pricing.ts';

export interface Cart {
  readonly id: number;
  /** Rises with every change of the cart. */
  readonly version: number;
  /** In the order in which they were added. */
  readonly lines: readonly CartLine[];
  readonly checkout: CartCheckout | null;
}

export type CartRepository = ReturnType<typeof createCartRepository>;

/** The columns of a {@link CartLine}, of a table called `line`. */
const lineColumns = `line.id, line.product_id AS "productId", line.name, line.price, line.currency, line.qty,
  line.image_url AS "imageUrl"`;

/** A CTE `raised (id)`: the cart with the id $1 and the version $2, which rises; no row when it has another by now. */
const raise = (checkout: string, when = 'true') => `raised AS (
  UPDATE carts SET version = version + 1, updated_at = now(), checkout = ${checkout}
  WHERE id = $1 AND version = $2 AND ${when} RETURNING id
)`;
export const raiseVersion = raise('checkout');
/** The same, of a cart whose checkout goes with its lines, and on a condition. */
export const raiseOrderedVersion = (when: string) => raise('NULL', when);

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
        `SELECT cart.id, cart.version, cart.checkout, (
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

    /** Makes the customer's cart, unless there is one. */
    make: async (customerId: number): Promise<void> => {
      await sql('INSERT INTO carts (customer_id) VALUES ($1) ON CONFLICT DO NOTHING', [customerId]);
    },

    /**
     * Changes a cart and empties another.
     * @returns the lines of the changed one, or undefined when either has changed since it was read
     */
    merge: (
      own: Cart,
      source: Cart,
      { saved, removed }: { saved: readonly Omit<CartLine, 'id'>[]; removed: readonly number[] },
    ): Promise<readonly CartLine[] | undefined> =>
      withTransaction(pool, async (client) => {
        const within = sqlOf(client);
        // In the order of their ids, so that merges in opposite directions do not wait for each other.
        const carts = await within(
          'SELECT id, version FROM carts WHERE id = ANY($1) ORDER BY id FOR UPDATE',
          [[own.id, source.id]],
        );
        const locked = carts as unknown as readonly Pick<Cart, 'id' | 'version'>[];
        const isAsRead = ({ id, version }: Cart) =>
          locked.some((cart) => cart.id === id && cart.version === version);
        if (!isAsRead(own) || !isAsRead(source)) return undefined;
        await within('UPDATE carts SET version = version + 1, updated_at = now() WHERE id = ANY($1)', [
          [own.id, source.id],
        ]);
        await within('DELETE FROM cart_lines WHERE cart_id = $1 OR (cart_id = $2 AND product_id = ANY($3))', [
          source.id,
          own.id,
          removed,
        ]);
        await within(
          `INSERT INTO cart_lines (cart_id, product_id, name, price, currency, qty, image_url)
           SELECT $1, line."productId", line.name, line.price, line.currency, line.qty, line."imageUrl"
           FROM ROWS FROM (json_to_recordset($2) AS ("productId" int, name text, price bigint, currency text, qty int,
             "imageUrl" text)) WITH ORDINALITY AS line ("productId", name, price, currency, qty, "imageUrl", position)
           ORDER BY position
           ON CONFLICT (cart_id, product_id) DO UPDATE SET qty = excluded.qty`,
          [own.id, JSON.stringify(saved)],
        );
        const lines = await within(
          `SELECT ${lineColumns} FROM cart_lines AS line WHERE line.cart_id = $1 ORDER BY line.id`,
          [own.id],
        );
        return lines as unknown as CartLine[];
      }),

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

    /** @returns false when the cart has changed since it was read */
    saveCheckout: async (
      customerId: number,
      cart: Cart | undefined,
      checkout: CartCheckout | null,
    ): Promise<boolean> => {
      const value = checkout && JSON.stringify(checkout);
      const saved = await (cart === undefined
        ? sql(
            'INSERT INTO carts (customer_id, checkout) VALUES ($1, $2::jsonb) ON CONFLICT DO NOTHING RETURNING id',
            [customerId, value],
          )
        : sql(`WITH ${raise('$3::jsonb')} SELECT id FROM raised`, [cart.id, cart.version, value]));
      return saved.length > 0;
    },
  };
}

/** A CTE like {@link raiseVersion}: the new cart of the customer $1, with the version $2; no row when there is one. */
const makeCart = `raised AS (
  INSERT INTO carts (customer_id, version) VALUES ($1, $2) ON CONFLICT DO NOTHING RETURNING id
)`;
