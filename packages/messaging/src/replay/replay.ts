import { setTimeout as delay } from 'node:timers/promises';
import type pg from 'pg';

/** Which events of an outbox; what is left out lets all of them through. */
export interface ReplayFilter {
  readonly topic?: string | undefined;
  /** An order's number, or a product's id. */
  readonly key?: string | undefined;
  /** Added at this time (RFC 3339) or later. */
  readonly from?: string | undefined;
  /** Added before this time. */
  readonly to?: string | undefined;
}

export interface ReplayCount {
  readonly topic: string;
  readonly type: string;
  readonly events: number;
  readonly oldest: Date;
  readonly newest: Date;
}

/** Few, as what the shop adds meanwhile waits behind them. */
const batchSize = 100;
const lookEveryMs = 50;

const chosen = `sent_at IS NOT NULL AND ($1::text IS NULL OR topic = $1) AND ($2::text IS NULL OR key = $2)
  AND ($3::timestamptz IS NULL OR created_at >= $3) AND ($4::timestamptz IS NULL OR created_at < $4)`;
const valuesOf = ({ topic, key, from, to }: ReplayFilter) => [topic, key, from, to];

/** What {@link replayEvents} would send, by type. Reads the whole outbox once. */
export async function countEvents(sql: pg.Client, filter: ReplayFilter): Promise<readonly ReplayCount[]> {
  const { rows } = await sql.query<ReplayCount>(
    `SELECT topic, type, count(*)::int AS events, min(created_at) AS oldest, max(created_at) AS newest
     FROM outbox WHERE ${chosen} GROUP BY topic, type ORDER BY topic, type`,
    valuesOf(filter),
  );
  return rows;
}

/**
 * Has the service's own relay send past events again: the same events, with the same ids, so that consumers with an
 * inbox do nothing. A batch is sent before the next is asked for; to stop in between loses and repeats nothing.
 * @param onProgress is told how many have been sent so far
 * @param patienceMs how long a batch may take
 * @throws when the relay does not send: what was asked for is sent when it does
 */
export async function replayEvents(
  sql: pg.Client,
  filter: ReplayFilter,
  { onProgress, patienceMs = 60_000 }: { onProgress: (events: number) => void; patienceMs?: number },
): Promise<number> {
  const { rows: ends } = await sql.query<{ id: string | null }>('SELECT max(id) AS id FROM outbox');
  // Those that are added meanwhile are no past events.
  const end = ends[0]?.id ?? 0;
  let sent = 0;
  for (let last = '0'; ; ) {
    const { rows } = await sql.query<{ id: string }>(
      `UPDATE outbox SET sent_at = NULL, replayed_at = now() WHERE id IN
         (SELECT id FROM outbox WHERE ${chosen} AND id > $5 AND id <= $6 ORDER BY id LIMIT ${batchSize} FOR UPDATE)
       RETURNING id`,
      [...valuesOf(filter), last, end],
    );
    if (rows.length === 0) return sent;
    const ids = rows.map(({ id }) => id);
    last = ids.reduce((a, b) => (BigInt(a) > BigInt(b) ? a : b));
    await sql.query("SELECT pg_notify('outbox ' || current_schema(), '')");
    await untilSent(sql, ids, patienceMs);
    sent += ids.length;
    onProgress(sent);
  }
}

async function untilSent(sql: pg.Client, ids: readonly string[], patienceMs: number): Promise<void> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    const { rows } = await sql.query<{ waiting: number }>(
      'SELECT count(*)::int AS waiting FROM outbox WHERE sent_at IS NULL AND id = ANY ($1::bigint[])',
      [ids],
    );
    const waiting = rows[0]?.waiting ?? 0;
    if (waiting === 0) return;
    if (performance.now() > deadline)
      throw new Error(
        `${waiting} events were not sent within ${patienceMs / 1_000} s. Does the service run?`,
      );
    await delay(lookEveryMs);
  }
}
