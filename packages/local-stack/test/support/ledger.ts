import { waitFor } from '@shop/testing';
import pg from 'pg';
import type { Stack } from '../../src/index.ts';

type Schema = 'users' | 'catalog' | 'orders' | 'messaging';
type Row = Record<string, unknown>;

export interface Ledger {
  sql(schema: Schema, text: string, values?: unknown[]): Promise<Row[]>;
  /** Ends every connection of the services, as a server does that is told to stop. */
  killConnections(): Promise<void>;
  /** Waits until no event is on its way any more. */
  quiet(): Promise<void>;
  /**
   * Everything that contradicts the invariants of money and stock; empty when all is well. Of orders that an administrator
   * has refunded, whole or in part, only the doctor knows what is right.
   */
  contradictions(): Promise<string[]>;
  close(): Promise<void>;
}

const wasRefunded = `(o.status = 'completed' OR o.reason IS NOT DISTINCT FROM 'refunded')
  AND EXISTS (SELECT FROM refunds WHERE refunds.order_id = o.id)`;

/** Looks behind the counter: what the services' databases and Stripe say once all is quiet. */
export function createLedger(
  databaseUrl: (schema: Schema) => string,
  stripe: () => Stack['fakeStripe'] | undefined,
): Ledger {
  const pools = new Map<Schema, pg.Pool>();
  const pool = (schema: Schema) => {
    const known = pools.get(schema);
    if (known !== undefined) return known;
    const opened = new pg.Pool({ connectionString: databaseUrl(schema), max: 2 });
    // A test may restart PostgreSQL.
    opened.on('error', () => {});
    pools.set(schema, opened);
    return opened;
  };
  const sql: Ledger['sql'] = async (schema, text, values) => (await pool(schema).query(text, values)).rows;

  async function unsent(): Promise<number> {
    const counts = await Promise.all(
      (['catalog', 'orders'] as const).map((schema) =>
        sql(schema, 'SELECT count(*)::int AS n FROM outbox WHERE sent_at IS NULL'),
      ),
    );
    return counts.reduce((sum, [row]) => sum + Number(row?.['n']), 0);
  }

  async function stockContradictions(): Promise<string[]> {
    const products = await sql(
      'catalog',
      `SELECT p.id, p.stock, coalesce(sum(m.delta), 0)::int AS moved
       FROM products p LEFT JOIN stock_movements m ON m.product_id = p.id
       GROUP BY p.id HAVING p.stock <> coalesce(sum(m.delta), 0) OR p.stock < 0`,
    );
    return products.map((row) => `stock is not the sum of its movements: ${JSON.stringify(row)}`);
  }

  async function orderContradictions(): Promise<string[]> {
    const orders = await sql(
      'orders',
      `SELECT o.order_number, o.status, o.payment_id, o.amount, sum(i.qty)::int AS qty
       FROM orders o JOIN order_items i ON i.order_id = o.id WHERE NOT (${wasRefunded}) GROUP BY o.id`,
    );
    const moved = await sql(
      'catalog',
      `SELECT order_number, sum(delta)::int AS delta FROM stock_movements
       WHERE order_number IS NOT NULL GROUP BY order_number`,
    );
    const deltas = new Map(moved.map((row) => [row['order_number'], Number(row['delta'])]));
    return orders.flatMap((order) => {
      const gone = order['status'] === 'processing' || order['status'] === 'completed';
      const expected = gone ? -Number(order['qty']) : 0;
      const delta = deltas.get(order['order_number']) ?? 0;
      return delta === expected
        ? []
        : [`stock of ${JSON.stringify(order)} moved by ${delta}, not ${expected}`];
    });
  }

  async function paymentContradictions(): Promise<string[]> {
    const server = stripe();
    if (server === undefined) return [];
    const refunded = new Set(server.refunds().map((refund) => refund.payment_intent));
    const orders = await sql(
      'orders',
      `SELECT o.order_number, o.status, o.amount FROM orders o WHERE NOT (${wasRefunded})`,
    );
    return orders.flatMap((order) => {
      const kept = server
        .paymentIntents()
        .filter(
          ({ id, metadata, status }) =>
            metadata['order_number'] === order['order_number'] && status === 'succeeded' && !refunded.has(id),
        );
      const due = order['status'] === 'completed' ? Number(order['amount']) : 0;
      // A free order has none.
      const right = due > 0 ? kept.length === 1 && kept[0]?.amount === due : kept.length === 0;
      return right ? [] : [`${JSON.stringify(order)} has ${kept.length} payments that were kept`];
    });
  }

  /** Events that were sent and that their consumer has not handled. */
  async function unheard(): Promise<string[]> {
    const sent = await sql('orders', `SELECT event_id FROM outbox WHERE topic = 'CatalogEvents'`);
    const seen = await sql('catalog', 'SELECT event_id FROM inbox');
    const said = await sql('catalog', `SELECT event_id FROM outbox WHERE topic = 'OrderEvents'`);
    const heard = await sql('orders', 'SELECT event_id FROM inbox');
    const missing = (from: Row[], to: Row[]) => {
      const known = new Set(to.map((row) => row['event_id']));
      return from.filter((row) => !known.has(row['event_id']));
    };
    return [
      ...missing(sent, seen).map((row) => `catalog never saw ${row['event_id']}`),
      ...missing(said, heard).map((row) => `order never heard ${row['event_id']}`),
    ];
  }

  async function eventContradictions(): Promise<string[]> {
    const [table] = await sql('messaging', `SELECT to_regclass('dead_letters') IS NOT NULL AS there`);
    const letters = table?.['there'] ? await sql('messaging', 'SELECT id, reason FROM dead_letters') : [];
    return [...letters.map((letter) => `dead letter: ${JSON.stringify(letter)}`), ...(await unheard())];
  }

  return {
    sql,
    killConnections: async () => {
      for (const schema of ['users', 'catalog', 'orders'] as const) {
        await sql(
          schema,
          `SELECT pg_terminate_backend(pid) FROM pg_stat_activity
           WHERE pg_has_role(usename, 'MEMBER') AND application_name <> ''`,
        );
      }
    },
    quiet: async () => {
      await waitFor(async () => (await unsent()) === 0 && (await unheard()).length === 0, {
        timeoutMs: 20_000,
        what: 'all events to be handled',
      });
    },
    contradictions: async () => {
      const found = [
        stockContradictions(),
        orderContradictions(),
        paymentContradictions(),
        eventContradictions(),
      ];
      return (await Promise.all(found)).flat();
    },
    close: async () => {
      await Promise.all([...pools.values()].map((open) => open.end()));
    },
  };
}
