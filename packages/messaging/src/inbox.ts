import type { Sql } from './outbox.ts';

const remember = `INSERT INTO inbox (consumer, event_id) VALUES ($1::text, $2::text)
  ON CONFLICT DO NOTHING RETURNING event_id`;

/**
 * A CTE `first (event_id)` that remembers, for the consumer $1, the event $2: no row when it was seen before. For a
 * statement that does more than that; see {@link firstDelivery}.
 */
export const rememberEvent = `first AS (${remember})`;

/**
 * Remembers, in the current transaction, that a consumer has seen an event.
 * @returns false when it had seen it before: then the handler does nothing, and its effect stays exactly once
 *
 * The service's migrations hold the table: `inbox (consumer text, event_id text, received_at timestamptz default
 * now(), primary key (consumer, event_id))`, with an index on `received_at`.
 */
export async function firstDelivery(sql: Sql, consumer: string, eventId: string): Promise<boolean> {
  const rows = await sql(remember, [consumer, eventId]);
  return rows.length > 0;
}
