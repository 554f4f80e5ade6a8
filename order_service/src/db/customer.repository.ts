import { sqlOf } from '@shop/messaging';
import { withTransaction } from '@shop/service-kit';
import type pg from 'pg';

export type CustomerRepository = ReturnType<typeof createCustomerRepository>;

/** So many are told. */
const mostTold = 20;

/** It is not paid, or something has still to go to its address. */
const isOpen = `(status IN ('pending', 'processing')
  OR (status = 'completed' AND shipping_address IS NOT NULL AND fulfilment IN ('none', 'partial')))`;

/** What user_service has to know, or to have forgotten, of its users. */
export function createCustomerRepository(pool: pg.Pool) {
  return {
    /** The numbers of orders that have not come to an end, the newest ones. */
    openOrders: async (customerId: number): Promise<string[]> => {
      const { rows } = await pool.query<{ order_number: string }>(
        `SELECT order_number FROM orders WHERE customer_id = $1 AND ${isOpen}
         ORDER BY created_at DESC, id DESC LIMIT ${mostTold}`,
        [customerId],
      );
      return rows.map((row) => row.order_number);
    },
    /**
     * Deletes all that there is of guests who have no orders: carts, and replies that are kept for repeats.
     * @returns their ids
     */
    forgetGuests: (ids: readonly number[]): Promise<number[]> => forgetThoseWithout(pool, 'true', ids),
    /**
     * Erases who the customers are of all their orders, which stay, and deletes carts and replies that are kept for
     * repeats. Nothing is changed of those who have an open order.
     * @returns the ids of the others
     */
    forget: (ids: readonly number[]): Promise<number[]> => forgetThoseWithout(pool, isOpen, ids),
  };
}

/**
 * Nothing is changed of those who have an order of a kind.
 * @param kind SQL, of an order
 * @returns the ids of the others
 */
function forgetThoseWithout(pool: pg.Pool, kind: string, ids: readonly number[]): Promise<number[]> {
  return withTransaction(pool, async (client) => {
    const sql = sqlOf(client);
    // An order is made of a cart: of these carts there are none that the next statement does not see.
    await sql('SELECT FROM carts WHERE customer_id = ANY($1) ORDER BY id FOR UPDATE', [ids]);
    const forgotten = await sql(
      `WITH customer AS (
         SELECT DISTINCT given.id FROM unnest($1::int[]) AS given (id)
         WHERE NOT EXISTS (SELECT FROM orders WHERE customer_id = given.id AND ${kind})
       ), named AS (
         UPDATE orders SET contact = NULL, shipping_address = NULL, billing_address = NULL, guest_address = NULL
         FROM customer WHERE customer_id = customer.id
           AND num_nonnulls(contact, shipping_address, billing_address, guest_address) > 0
       ), cart AS (
         DELETE FROM carts USING customer WHERE carts.customer_id = customer.id
       ), key AS (
         DELETE FROM idempotency_keys AS key USING customer WHERE key.customer_id = customer.id
       )
       SELECT id FROM customer`,
      [ids],
    );
    return (forgotten as { id: number }[]).map(({ id }) => id);
  });
}
