import { AsyncResource } from 'node:async_hooks';
import { setTimeout as delay } from 'node:timers/promises';
import type { Logger } from '@shop/service-kit';
import type pg from 'pg';
import { createAlarm } from './alarm.ts';
import type { EventBus } from './event-bus.ts';
import type { EventMetrics } from './event-metrics.ts';
import { createKeySenders, type OutboxRow } from './key-senders.ts';
import { readBacklog } from './outbox.ts';
import { pause } from './pause.ts';

export interface OutboxRelayOptions {
  readonly pool: pg.Pool;
  readonly bus: EventBus;
  readonly logger: Logger;
  /** How often to look without a nudge, in milliseconds: for what an instance committed that died before its nudge. */
  readonly pollMs?: number;
  /** How long sent events are kept, in days; what consumers have seen is remembered twice as long. */
  readonly keepDays?: number;
  /**
   * So many milliseconds without a success, while there is something to send, and the lock is left to another instance;
   * without a sign of life, and PostgreSQL takes it away.
   */
  readonly stepDownAfterMs?: number;
  /** Counts what is published, and shows what waits and who leads. */
  readonly metrics?: EventMetrics;
}

const batchSize = 200;
/** What is sent within this time is marked together. */
const progressMs = 5;
const stopLimitMs = 5_000;
/** Instances that stand by ask for the lock this often, */
const standByMs = 1_000;
/** and one that has stepped down leaves them the time to. */
const stepDownMs = 3_000;
const purgeEveryMs = 60_000;
const purgeBatch = 1_000;

/** It could not publish anything for some time; another instance may be able to. */
class SteppedDownError extends Error {}

/**
 * Publishes the outbox of the pool's schema, at least once and strictly in order per topic and key. One relay per outbox
 * is at work at a time (an advisory lock); others stand by. It leaves the lock when nothing can be published for ten
 * seconds, and loses it when its process is frozen as long. Losing the lock costs duplicates, never an event.
 */
export function createOutboxRelay(options: OutboxRelayOptions) {
  const { pool, bus, logger, pollMs = 2_000, keepDays = 7, stepDownAfterMs = 10_000, metrics } = options;
  const stopping = new AbortController();
  const alarm = createAlarm();
  const wake = alarm.ring;
  let willWake = false;
  const onProgress = () => {
    if (willWake) return;
    willWake = true;
    setTimeout(() => {
      willWake = false;
      wake();
    }, progressMs);
  };
  const keys = createKeySenders({ bus, logger, onProgress, metrics });
  let running: Promise<void> | undefined;
  let isLeader = false;
  let notifying = false;
  let again = false;
  metrics?.watchOutbox(() => readBacklog(pool));
  metrics?.relaying(false);

  /** Tells the instance that leads; what is committed while that is under way, by another notification after it. */
  async function notifyLeader(): Promise<void> {
    if (notifying) {
      again = true;
      return;
    }
    notifying = true;
    do {
      again = false;
      await pool
        .query("SELECT pg_notify('outbox ' || current_schema(), '')")
        .catch((error: unknown) => logger.warn({ err: error }, 'the leading relay was not nudged'));
    } while (again);
    notifying = false;
  }
  // In a context of its own: the time of a request for the database may be over.
  const notifyOutsideRequest = AsyncResource.bind(notifyLeader);

  async function run(): Promise<void> {
    while (!stopping.signal.aborted) {
      let pauseMs = standByMs;
      try {
        await leadOnce();
      } catch (error) {
        if (error instanceof SteppedDownError) pauseMs = stepDownMs;
        if (!stopping.signal.aborted) logger.warn({ err: error }, 'the outbox relay restarts');
      }
      await pause(pauseMs, stopping.signal).catch(() => {});
    }
  }

  /** Takes the lock, if it is free, and relays until told to stop or until the connection breaks. */
  async function leadOnce(): Promise<void> {
    const client = await pool.connect();
    try {
      const { rows } = await client.query(
        `SELECT pg_try_advisory_lock(hashtextextended('outbox relay ' || current_schema(), 0)) AS locked,
           current_schema() AS schema`,
      );
      if (!rows[0].locked) return;
      // What other instances commit.
      await client.query(`LISTEN ${client.escapeIdentifier(`outbox ${rows[0].schema}`)}`);
      client.on('notification', wake);
      // A process that is frozen asks nothing any more, and must not keep others from sending.
      await client.query(`SET idle_session_timeout = ${stepDownAfterMs}`);
      // Plans that are made while the table is empty stay until its first ANALYZE: others than of indexes would take longer
      // with each event.
      await client.query('SET enable_seqscan = off');
      await client.query('SET enable_bitmapscan = off');
      logger.info('this instance relays the outbox');
      isLeader = true;
      metrics?.relaying(true);
      await relay(client);
    } finally {
      isLeader = false;
      metrics?.relaying(false);
      // Closing the connection is what surely gives the lock back.
      client.release(true);
    }
  }

  const purgeFailed = (error: unknown) => {
    logger.warn({ err: error }, 'sent events could not be deleted, trying again in a minute');
    return false;
  };

  async function relay(client: pg.PoolClient): Promise<void> {
    const ended = new AbortController();
    const stopped = AbortSignal.any([stopping.signal, ended.signal]);
    let purgeAt = performance.now();
    let nothingToSendAt = performance.now();
    try {
      while (!stopping.signal.aborted) {
        const rows = await markAndRead(client);
        keys.send(rows, stopped);
        if (performance.now() >= purgeAt) {
          const more = await purge(client, keepDays).catch(purgeFailed);
          purgeAt = more ? 0 : performance.now() + purgeEveryMs;
          if (more) wake();
        }
        if (!keys.isBusy()) nothingToSendAt = performance.now();
        if (performance.now() - Math.max(nothingToSendAt, keys.answeredAt()) > stepDownAfterMs)
          throw new SteppedDownError(`nothing could be published for ${stepDownAfterMs} ms`);
        if (rows.length < batchSize) await alarm.wait(pollMs);
      }
    } finally {
      // Keys that are held back must not hold up the next leader.
      ended.abort();
      if (stopping.signal.aborted)
        await Promise.race([keys.settled(), delay(stopLimitMs, undefined, { ref: false })]);
      await markAndRead(client, 0);
    }
  }

  /** In one statement, as this is what the relay does for every event. @param limit of what is read */
  async function markAndRead(client: pg.PoolClient, limit = batchSize): Promise<OutboxRow[]> {
    const { sent, busy, full, release } = keys.takeProgress();
    try {
      // Never "id > the last one seen": ids are given out in another order than transactions commit.
      const { rows } = await client.query<OutboxRow>({
        name: 'outbox-mark-and-read',
        text: `WITH marked AS (UPDATE outbox SET sent_at = now() WHERE id = ANY ($1::bigint[]))
          SELECT id, topic, key, headers, convert_to(payload::text, 'UTF8') AS value FROM outbox
          WHERE sent_at IS NULL AND id <> ALL ($1::bigint[]) AND topic <> ALL ($2::text[])
            AND topic || ' ' || key <> ALL ($3::text[]) ORDER BY id LIMIT $4`,
        values: [sent, full, busy, limit],
      });
      return rows;
    } finally {
      release();
    }
  }

  return {
    start: () => {
      running ??= run();
    },
    /** There is something to send: call it after a commit, and do not wait for it. Works whichever instance leads. */
    nudge: () => {
      if (isLeader) wake();
      else if (!stopping.signal.aborted) void notifyOutsideRequest();
    },
    /** Sends what is under way, for a few seconds at most; the rest waits in the table for the next start. */
    stop: async () => {
      stopping.abort();
      wake();
      await running;
    },
  };
}

/** @returns whether there is more to delete. */
async function purge(client: pg.PoolClient, keepDays: number): Promise<boolean> {
  const outbox = await client.query(
    `DELETE FROM outbox WHERE id IN
       (SELECT id FROM outbox WHERE sent_at < now() - make_interval(days => $1) ORDER BY sent_at LIMIT $2)`,
    [keepDays, purgeBatch],
  );
  const inbox = await client.query(
    `DELETE FROM inbox WHERE (consumer, event_id) IN
       (SELECT consumer, event_id FROM inbox WHERE received_at < now() - make_interval(days => $1)
        ORDER BY received_at LIMIT $2)`,
    [keepDays * 2, purgeBatch],
  );
  return Math.max(outbox.rowCount ?? 0, inbox.rowCount ?? 0) >= purgeBatch;
}
