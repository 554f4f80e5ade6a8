import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type pg from 'pg';
import type { WireEvent } from './event.ts';
import type { EventBus } from './event-bus.ts';

export interface OutboxRelay {
  start(): void;
  /** There is something to send: call it after a commit, and do not wait for it. */
  nudge(): void;
  /** Sends what is under way, for a few seconds at most; the rest waits in the table for the next start. */
  stop(): Promise<void>;
}

export interface OutboxRelayOptions {
  readonly pool: pg.Pool;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** How often to look without a nudge, in milliseconds. */
  readonly pollMs?: number;
  /** How long sent events are kept, in days; what consumers have seen is remembered twice as long. */
  readonly keepDays?: number;
}

const batchSize = 200;
const keysAtOnce = 400;
const firstRetryMs = 250;
const lastRetryMs = 30_000;
const stopLimitMs = 5_000;
const purgeEveryMs = 60_000;

/**
 * Publishes the outbox of the pool's schema, at least once and strictly in order per key. One relay per outbox
 * is at work at a time (an advisory lock); others stand by. Losing the lock costs duplicates, never an event.
 */
export function createOutboxRelay(options: OutboxRelayOptions): OutboxRelay {
  const { pool, bus, logger, pollMs = 200, keepDays = 7 } = options;
  const stopping = new AbortController();
  const bell = createBell();
  let running: Promise<void> | undefined;

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      try {
        await leadOnce();
      } catch (error) {
        if (!stopping.signal.aborted) logger.warn({ err: error }, 'the outbox relay begins again');
      }
      await delay(1_000, undefined, { signal: stopping.signal, ref: false }).catch(() => {});
    }
  }

  /** Takes the lock, if it is free, and relays until told to stop or until the connection breaks. */
  async function leadOnce(): Promise<void> {
    const client = await pool.connect();
    client.on('error', ignoreError);
    try {
      const { rows } = await client.query(
        `SELECT pg_try_advisory_lock(hashtextextended('outbox relay ' || current_schema(), 0)) AS locked`,
      );
      if (rows[0].locked) await relay(client);
    } finally {
      // Closing the connection is what surely gives the lock back.
      client.release(true);
    }
  }

  async function relay(client: pg.PoolClient): Promise<void> {
    const keys = createKeySenders({ bus, logger, onProgress: bell.ring, stopped: stopping.signal });
    let purgedAt = performance.now();
    try {
      while (!stopping.signal.aborted) {
        await markSent(client, keys.takeSent());
        const room = keysAtOnce - keys.busy().length;
        const rows = room > 0 ? await readUnsent(client, keys.busy()) : [];
        keys.send(rows);
        if (performance.now() - purgedAt > purgeEveryMs) {
          await purge(client, keepDays);
          purgedAt = performance.now();
        }
        if (rows.length < batchSize) await bell.rung(pollMs);
      }
    } finally {
      await Promise.race([keys.settled(), delay(stopLimitMs, undefined, { ref: false })]);
      await markSent(client, keys.takeSent());
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    nudge: bell.ring,
    stop: async () => {
      stopping.abort();
      bell.ring();
      await running;
    },
  };
}

const ignoreError = () => {};

interface OutboxRow {
  readonly id: number;
  readonly topic: Topic;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

async function readUnsent(client: pg.PoolClient, busy: readonly string[]): Promise<OutboxRow[]> {
  // Never "id > the last one seen": ids are given out in another order than transactions commit.
  const { rows } = await client.query(
    `SELECT id, topic, key, headers, payload::text AS payload FROM outbox
     WHERE sent_at IS NULL AND key <> ALL($1) ORDER BY id LIMIT $2`,
    [busy, batchSize],
  );
  return rows;
}

async function markSent(client: pg.PoolClient, { ids, release }: SentEvents): Promise<void> {
  if (ids.length > 0) await client.query('UPDATE outbox SET sent_at = now() WHERE id = ANY($1)', [ids]);
  release();
}

async function purge(client: pg.PoolClient, keepDays: number): Promise<void> {
  await client.query(
    `DELETE FROM outbox WHERE id IN
       (SELECT id FROM outbox WHERE sent_at < now() - make_interval(days => $1) ORDER BY sent_at LIMIT 1000)`,
    [keepDays],
  );
  await client.query(
    `DELETE FROM inbox WHERE (consumer, event_id) IN
       (SELECT consumer, event_id FROM inbox WHERE received_at < now() - make_interval(days => $1)
        ORDER BY received_at LIMIT 1000)`,
    [keepDays * 2],
  );
}

interface SentEvents {
  readonly ids: readonly number[];
  /** Call it once the ids are marked: their keys may then be read again. */
  release(): void;
}

interface KeySendersOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly onProgress: () => void;
  readonly stopped: AbortSignal;
}

/** Sends the events of each key in order, and different keys beside each other. */
function createKeySenders({ bus, logger, onProgress, stopped }: KeySendersOptions) {
  const busy = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  let sent: number[] = [];
  let finished: string[] = [];

  async function sendInOrder(key: string, rows: readonly OutboxRow[]): Promise<void> {
    try {
      for (const row of rows) {
        if (stopped.aborted) break;
        await bus.publish(toWire(row));
        sent.push(row.id);
      }
      failures.delete(key);
    } catch (error) {
      await holdBack(key, error);
    }
    finished.push(key);
    onProgress();
  }

  async function holdBack(key: string, error: unknown): Promise<void> {
    if (stopped.aborted) return;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    logger.warn({ err: error, key, failures: count }, 'an event could not be published; its key waits');
    onProgress();
    const pause = Math.min(firstRetryMs * 2 ** (count - 1), lastRetryMs);
    await delay(pause, undefined, { signal: stopped, ref: false }).catch(() => {});
  }

  return {
    busy: () => [...busy.keys()],
    send: (rows: readonly OutboxRow[]) => {
      for (const [key, ofKey] of groupByKey(rows)) busy.set(key, sendInOrder(key, ofKey));
    },
    settled: async () => {
      await Promise.all(busy.values());
    },
    takeSent: (): SentEvents => {
      const done = finished;
      const ids = sent;
      finished = [];
      sent = [];
      return {
        ids,
        release: () => {
          for (const key of done) busy.delete(key);
        },
      };
    },
  };
}

function groupByKey(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return groups;
}

function toWire({ topic, key, headers, payload }: OutboxRow): WireEvent {
  return { topic, key, headers, value: Buffer.from(payload) };
}

/** Wakes a loop that waits; a ring that nobody hears is heard by the next wait. */
function createBell() {
  let rung = false;
  let wake: (() => void) | undefined;
  return {
    ring: () => {
      rung = true;
      wake?.();
    },
    rung: async (limitMs: number) => {
      if (!rung) {
        await new Promise<void>((resolve) => {
          const timer = setTimeout(resolve, limitMs);
          wake = () => {
            clearTimeout(timer);
            resolve();
          };
        });
        wake = undefined;
      }
      rung = false;
    },
  };
}
