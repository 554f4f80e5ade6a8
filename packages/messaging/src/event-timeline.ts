import type { TimelineEntry } from '@shop/contracts';
import type pg from 'pg';

interface AddedRow {
  readonly eventId: string;
  readonly type: string;
  readonly topic: string;
  readonly traceparent: string | null;
  readonly addedAt: Date;
  readonly sentAfterMs: number | null;
}

/** The events of a key that are in the outbox of the pool's schema, oldest first. Kept as long as the relay keeps them. */
export async function addedEvents(
  pool: pg.Pool,
  service: TimelineEntry['service'],
  key: string,
): Promise<TimelineEntry[]> {
  const { rows } = await pool.query<AddedRow>(
    `SELECT event_id AS "eventId", type, topic, headers ->> 'traceparent' AS traceparent, created_at AS "addedAt",
       round(extract(epoch FROM sent_at - created_at) * 1000)::int AS "sentAfterMs"
     FROM outbox WHERE key = $1 ORDER BY id LIMIT 1000`,
    [key],
  );
  return rows.map(({ eventId, type, topic, traceparent, addedAt, sentAfterMs }) => ({
    at: addedAt.toISOString(),
    service,
    kind: 'event-added',
    what: `${type} on ${topic}, ${sentAfterMs === null ? 'not sent yet' : `sent after ${sentAfterMs} ms`}`,
    eventId,
    ...(traceparent !== null && { traceId: traceIdOf(traceparent) }),
  }));
}

/** Which of these events are in the inbox of the pool's schema, and since when. */
export async function handledEvents(
  pool: pg.Pool,
  service: TimelineEntry['service'],
  ids: readonly string[],
): Promise<TimelineEntry[]> {
  const { rows } = await pool.query<{ eventId: string; at: Date }>(
    'SELECT event_id AS "eventId", received_at AS at FROM inbox WHERE consumer = $1 AND event_id = ANY ($2::text[])',
    [service, [...ids]],
  );
  return rows.map(({ eventId, at }) => ({
    at: at.toISOString(),
    service,
    kind: 'event-handled',
    what: 'handled the event',
    eventId,
  }));
}

/** The trace of a W3C trace context. */
export const traceIdOf = (traceparent: string): string => traceparent.split('-')[1] ?? '';
