import type { NewEvent } from '@shop/contracts';
import { createEvent, encodeEvent } from './event.ts';

/** Runs one statement within a transaction that is open; what the ORMs have in common. */
export type Sql = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/** The {@link Sql} of a pg client. */
export function sqlOf(client: { query(text: string, values: unknown[]): Promise<{ rows: unknown[] }> }): Sql {
  return async (text, values) => (await client.query(text, [...values])).rows;
}

/**
 * Adds an event to the outbox of the transaction at hand: it is published, at least once, if and only if that
 * transaction commits. Lock or change the aggregate's row first, then add: so the order of the outbox is the order
 * of the commits, per key.
 *
 * The service's migrations hold the table:
 * `outbox (id bigint identity primary key, event_id text, topic text, key text, type text, headers jsonb,
 * payload jsonb, created_at timestamptz default now(), sent_at timestamptz)`, with an index on `id` where
 * `sent_at is null` and one on `sent_at`.
 * @throws InvalidEventError when the data does not fit the event's schema
 */
export async function addEvent(sql: Sql, event: NewEvent): Promise<void> {
  const created = createEvent(event);
  const { topic, key, headers, value } = encodeEvent(created);
  await sql(
    `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
     VALUES ($1::text, $2::text, $3::text, $4::text, $5::text::jsonb, $6::text::jsonb)`,
    [created.id, topic, key, created.type, JSON.stringify(headers), value.toString('utf8')],
  );
}
