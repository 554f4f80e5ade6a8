import type { Sql } from './outbox.ts';

/**
 * Remembers, in the current transaction, that a consumer has seen an event.
 * @returns false when it had seen it before: then the handler does nothing, and its effect stays exactly once
 *
 * The service's migrations hold the table: `inbox (consumer text, event_id text, received_at timestamptz default
 * now(), primary key (consumer, event_id))`, with an index on `received_at`.
 */
export async function firstDelivery(sql: Sql, consumer: string, eventId: string): Promise<boolean> {
  const rows = await sql(
    `INSERT INTO inbox (consumer, event_id) VALUES ($1::text, $2::text)
     ON CONFLICT DO NOTHING RETURNING event_id`,
    [consumer, eventId],
  );
  return rows.length > 0;
}
