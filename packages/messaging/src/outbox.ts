import { eventContracts, type NewEvent } from '@shop/contracts';
import { withSpan } from '@shop/service-kit';
import type pg from 'pg';
import { createEvent, encodeEvent } from './event.ts';
import type { Backlog } from './event-metrics.ts';
import { eventSpan } from './event-span.ts';

/** Runs one statement within a transaction that is open; what the ORMs have in common. */
export type Sql = (text: string, values: readonly unknown[]) => Promise<readonly unknown[]>;

/**
 * The {@link Sql} of a pg client. Each text is prepared once per connection: it must be one of a few, and say nothing of
 * its values.
 */
export function sqlOf(client: {
  query(statement: { name: string; text: string; values: unknown[] }): Promise<{ rows: unknown[] }>;
}): Sql {
  return async (text, values) => (await client.query({ name: nameOf(text), text, values: [...values] })).rows;
}

const names = new Map<string, string>();

function nameOf(text: string): string {
  const name = names.get(text) ?? `statement-${names.size + 1}`;
  names.set(text, name);
  return name;
}

/**
 * Adds an event to the outbox of the current transaction: it is published, at least once, if and only if that
 * transaction commits. Lock or change the aggregate's row first, then add: so the order of the outbox is the order
 * of the commits, per key.
 *
 * The service's migrations hold the table:
 * `outbox (id bigint identity primary key, event_id text, topic text, key text, type text, headers jsonb,
 * payload jsonb, created_at timestamptz default now(), sent_at timestamptz, replayed_at timestamptz)`, with an index on
 * `id` where `sent_at is null` and one on `sent_at`.
 * @throws InvalidEventError when the data does not fit the event's schema
 */
export function addEvent(sql: Sql, event: NewEvent): Promise<void> {
  return addEvents(sql, [event]);
}

/**
 * {@link addEvent} for many events in one statement; their order is kept.
 * @throws InvalidEventError when the data of any does not fit its schema; then none is added
 */
export async function addEvents(sql: Sql, events: readonly NewEvent[]): Promise<void> {
  const [first, ...others] = events;
  if (first !== undefined) await create([first, ...others], (rows) => sql(insertEvents('$1'), [rows]));
}

/**
 * {@link addEvent} for a statement that adds the event itself, by {@link insertEvents}, with the change that it tells of.
 * @param statement is given the event as the parameter of that
 * @throws InvalidEventError when the data does not fit the event's schema; then the statement is not run
 */
export function withEvent<T>(event: NewEvent, statement: (rows: string) => Promise<T>): Promise<T> {
  return create([event], statement);
}

function create<T>(
  events: readonly [NewEvent, ...NewEvent[]],
  statement: (rows: string) => Promise<T>,
): Promise<T> {
  const { topic } = eventContracts[events[0].type];
  return withSpan(eventSpan('create', { ...events[0], topic }), async (span) => {
    if (events.length > 1) span?.setAttribute('messaging.batch.message_count', events.length);
    return statement(JSON.stringify(events.map(toRow)));
  });
}

/**
 * The INSERT of events, for a CTE or as a statement.
 * @param parameter which one of the statement they are: `$1`
 * @param condition SQL; where it does not hold none is added
 */
export const insertEvents = (parameter: string, condition = 'true') =>
  `INSERT INTO outbox (event_id, topic, key, type, headers, payload)
   SELECT event_id, topic, key, type, headers, payload::jsonb
   FROM ROWS FROM (jsonb_to_recordset(${parameter}::text::jsonb)
     AS (event_id text, topic text, key text, type text, headers jsonb, payload text))
     WITH ORDINALITY WHERE ${condition} ORDER BY ordinality`;

function toRow(event: NewEvent) {
  const created = createEvent(event);
  const { topic, key, headers, value } = encodeEvent(created);
  return { event_id: created.id, topic, key, type: created.type, headers, payload: value.toString('utf8') };
}

/** Beyond so many it does not matter how many there are, and counting them would cost. */
const backlogLimit = 10_000;

/** What waits in the outbox of the pool's schema. */
export async function readBacklog(pool: pg.Pool): Promise<Backlog> {
  const { rows } = await pool.query(
    `SELECT count(*)::int AS events,
       coalesce(extract(epoch FROM now() - min(coalesce(replayed_at, created_at))), 0)::float8 AS "ageSeconds"
     FROM (SELECT created_at, replayed_at FROM outbox WHERE sent_at IS NULL ORDER BY id LIMIT $1) AS unsent`,
    [backlogLimit],
  );
  return rows[0];
}
