import type { RequestHandler } from 'express';
import type pg from 'pg';
import { schedule } from '../lifecycle/scheduler.ts';
import type { ShutdownHooks } from '../lifecycle/shutdown-hooks.ts';
import type { Logger } from '../logger.ts';
import type { NewAuditEvent } from './audit-event.ts';
import {
  type AuditRepository,
  addAuditEvents,
  createAuditRepository,
  type RunSql,
} from './audit-repository.ts';
import { createRefusals } from './refusals.ts';

/** A transaction of whatever database library. */
export interface AuditedTransaction {
  readonly sql: RunSql;
  afterCommit(effect: () => void): void;
}

export interface AuditTrailOptions {
  readonly logger: Logger;
  /** None of a service without a database: then its events are in the log alone. */
  readonly pool?: pg.Pool;
  /** How long events are kept in the database. */
  readonly days?: number;
  /** How often it is looked for older ones. */
  readonly purgeMs?: number;
}

export interface AuditTrail {
  /** Adds events to a change, with which they are committed: neither is there without the other. */
  add(tx: AuditedTransaction, events: readonly NewAuditEvent[]): Promise<void>;
  /** Tells of what has happened. Never throws: what it is about is done. */
  tell(events: readonly NewAuditEvent[]): Promise<void>;
  readonly list: AuditRepository['list'];
  /** Sees all requests, and tells of those that are refused. */
  readonly watch: RequestHandler;
  /** From when there is a database, until there is none. */
  start(closeLater: ShutdownHooks['add']): void;
}

const minuteMs = 60_000;

/**
 * Who did what: in the table `audit` of the service's schema (see {@link addAuditEvents}) and in the log, in lines with
 * `audit: true`. A change and its event are one transaction; of requests that are refused a minute's count may be lost
 * with the process.
 */
export function createAuditTrail({
  logger,
  pool,
  days = 365,
  purgeMs = 10 * minuteMs,
}: AuditTrailOptions): AuditTrail {
  const repository = pool && createAuditRepository(pool);
  const log = (events: readonly NewAuditEvent[]) => {
    for (const { kind, ...event } of events) logger.info({ audit: true, kind, ...event }, `audit: ${kind}`);
  };
  const tell: AuditTrail['tell'] = async (events) => {
    log(events);
    try {
      await repository?.add(events);
    } catch (error) {
      logger.error({ err: error }, 'audit events are in the log alone');
    }
  };
  const refusals = createRefusals(tell);
  return {
    add: async (tx, events) => {
      await addAuditEvents(tx.sql, events);
      tx.afterCommit(() => log(events));
    },
    tell,
    list: async (query) => (await repository?.list(query)) ?? [],
    watch: refusals.watch,
    start: (closeLater) => {
      const jobs = [
        schedule(minuteMs, async () => void (await refusals.tellRepeats()), logger),
        ...(repository ? [schedule(purgeMs, () => repository.forgetOld(days), logger)] : []),
      ];
      closeLater('audit events', async () => {
        await Promise.all(jobs.map((job) => job.stop()));
        await refusals.tellRepeats();
      });
    },
  };
}
