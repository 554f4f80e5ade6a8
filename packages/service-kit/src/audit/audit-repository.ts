import type pg from 'pg';
import { currentTrace } from '../tracing/trace.ts';
import type { NewAuditEvent } from './audit-event.ts';

/** Runs one statement, in whatever transaction it belongs to. */
export type RunSql = (text: string, values: readonly unknown[]) => Promise<unknown>;

export interface AuditEvent extends NewAuditEvent {
  readonly id: string;
  /** RFC 3339 UTC, with microseconds: by it the events of several services are put in order. */
  readonly at: string;
  readonly requestId: string | null;
}

export interface AuditQuery {
  readonly limit: number;
  /** {@link auditCursor} of the event before the first. */
  readonly cursor?: string;
  readonly from?: string;
  readonly to?: string;
  readonly userId?: number;
  readonly kind?: string;
}

/**
 * Adds events to the table `audit` of the service's schema, which its migrations make:
 * `audit (id uuid, at timestamptz, kind text, user_id integer, address text, request_id text, details jsonb)`.
 */
export async function addAuditEvents(sql: RunSql, events: readonly NewAuditEvent[]): Promise<void> {
  if (events.length === 0) return;
  const requestId = currentTrace()?.requestId ?? null;
  const rows = events.map(({ kind, userId, address, apiKeyId, details }) => [
    kind,
    userId,
    address,
    { ...details, ...(apiKeyId && { apiKeyId }) },
  ]);
  await sql(
    `INSERT INTO audit (kind, user_id, address, request_id, details)
     SELECT event->>0, (event->>1)::integer, event->>2, $2::text, event->3
     FROM jsonb_array_elements($1::text::jsonb) AS event`,
    [JSON.stringify(rows), requestId],
  );
}

const time = `to_char(at AT TIME ZONE 'UTC', 'YYYY-MM-DD"T"HH24:MI:SS.US"Z"')`;
const purgeBatch = 1_000;

export type AuditRepository = ReturnType<typeof createAuditRepository>;

export function createAuditRepository(pool: pg.Pool) {
  return {
    add: (events: readonly NewAuditEvent[]) =>
      addAuditEvents((text, values) => pool.query(text, [...values]), events),
    /** The newest first. */
    list: async ({ limit, cursor, from, to, userId, kind }: AuditQuery): Promise<AuditEvent[]> => {
      const [cursorAt, cursorId] = readCursor(cursor);
      const values: unknown[] = [];
      const given = (value: unknown) => `$${values.push(value)}`;
      const conditions = [
        ...(cursorAt === undefined
          ? []
          : [`(at, id) < (${given(cursorAt)}::timestamptz, ${given(cursorId)}::uuid)`]),
        ...(from === undefined ? [] : [`at >= ${given(from)}::timestamptz`]),
        ...(to === undefined ? [] : [`at < ${given(to)}::timestamptz`]),
        ...(userId === undefined ? [] : [`user_id = ${given(userId)}::integer`]),
        ...(kind === undefined ? [] : [`kind = ${given(kind)}`]),
      ];
      const { rows } = await pool.query<AuditEvent>(
        `SELECT id, ${time} AS at, kind, user_id AS "userId", address, request_id AS "requestId", details FROM audit
         ${conditions.length > 0 ? `WHERE ${conditions.join(' AND ')}` : ''}
         ORDER BY audit.at DESC, id DESC LIMIT ${given(limit)}`,
        values,
      );
      return rows;
    },
    /** Deletes some of what is older than so many days. @returns whether there is more */
    forgetOld: async (days: number): Promise<boolean> => {
      const { rowCount } = await pool.query(
        `DELETE FROM audit WHERE id IN (
           SELECT id FROM audit WHERE at < now() - make_interval(days => $1) ORDER BY at LIMIT ${purgeBatch})`,
        [days],
      );
      return rowCount === purgeBatch;
    },
  };
}

/** Where a list goes on behind an event. */
export const auditCursor = ({ at, id }: Pick<AuditEvent, 'at' | 'id'>): string =>
  Buffer.from(`${at} ${id}`).toString('base64url');

const cursorPattern =
  /^(\d{4}-\d\d-\d\dT\d\d:\d\d:\d\d\.\d{6}Z) ([0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12})$/;

/** Both undefined without a cursor, and of one that is none. */
export function readCursor(cursor = ''): [at?: string, id?: string] {
  const [, at, id] = cursorPattern.exec(Buffer.from(cursor, 'base64url').toString()) ?? [];
  // It may spell a day that no month has.
  return at === undefined || id === undefined || Number.isNaN(Date.parse(at)) ? [] : [at, id];
}
