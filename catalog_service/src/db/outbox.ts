import type { NewEvent } from '@shop/contracts';
import { createEvent, encodeEvent, type Sql } from '@shop/messaging';

/** {@link addEvent} of the messaging package for many events in one statement; their order is kept. */
export async function addEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  const rows = events.map((event) => {
    const created = createEvent(event);
    const { topic, key, headers, value } = encodeEvent(created);
    return { event_id: created.id, topic, key, type: created.type, headers, payload: value.toString('utf8') };
  });
  await sql(
    `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
     SELECT event_id, topic, key, type, headers, payload::jsonb
     FROM ROWS FROM (jsonb_to_recordset($1::text::jsonb)
       AS (event_id text, topic text, key text, type text, headers jsonb, payload text))
       WITH ORDINALITY ORDER BY ordinality`,
    [JSON.stringify(rows)],
  );
}
