import type { Topic } from '@shop/contracts';
import type pg from 'pg';
import type { WireEvent } from './event.ts';

export interface DeadLetter {
  readonly id: number;
  readonly group: string;
  readonly reason: string;
  readonly failedAt: Date;
  readonly event: WireEvent;
}

/** Where the in-process bus keeps messages that could not be handled. */
export interface DeadLetterStore {
  add(group: string, event: WireEvent, reason: string): Promise<void>;
  /** Oldest first, at most 100. */
  list(): Promise<readonly DeadLetter[]>;
  /** Asks for the letters of these ids to be handed over again; all of them without ids. @returns how many. */
  requestRedrive(ids?: readonly number[]): Promise<number>;
  /** The letters whose redrive was asked for. */
  requested(): Promise<readonly DeadLetter[]>;
  remove(id: number): Promise<void>;
}

/** The table of {@link createDeadLetterStore}; safe to run at every start. */
export const deadLetterTable = `
  CREATE TABLE IF NOT EXISTS dead_letters (
    id bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    consumer text NOT NULL,
    topic text NOT NULL,
    key text NOT NULL,
    headers jsonb NOT NULL,
    value bytea NOT NULL,
    reason text NOT NULL,
    failed_at timestamptz NOT NULL DEFAULT now(),
    redrive_requested boolean NOT NULL DEFAULT false
  );
  CREATE INDEX IF NOT EXISTS dead_letters_requested ON dead_letters (id) WHERE redrive_requested`;

/** Dead letters as rows of PostgreSQL, so that they outlive the process. */
export function createDeadLetterStore(pool: pg.Pool): DeadLetterStore {
  const read = async (condition: string): Promise<DeadLetter[]> => {
    const { rows } = await pool.query(`SELECT * FROM dead_letters WHERE ${condition} ORDER BY id LIMIT 100`);
    return rows.map(toDeadLetter);
  };
  return {
    add: async (group, { topic, key, headers, value }, reason) => {
      await pool.query(
        'INSERT INTO dead_letters (consumer, topic, key, headers, value, reason) VALUES ($1, $2, $3, $4, $5, $6)',
        [group, topic, key, headers, value, reason],
      );
    },
    list: () => read('true'),
    requestRedrive: async (ids) => {
      const condition = ids === undefined ? 'true' : 'id = ANY($1)';
      const values = ids === undefined ? [] : [ids];
      const { rowCount } = await pool.query(
        `UPDATE dead_letters SET redrive_requested = true WHERE ${condition}`,
        values,
      );
      return rowCount ?? 0;
    },
    requested: () => read('redrive_requested'),
    remove: async (id) => {
      await pool.query('DELETE FROM dead_letters WHERE id = $1', [id]);
    },
  };
}

interface DeadLetterRow {
  readonly id: number;
  readonly consumer: string;
  readonly topic: Topic;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly value: Buffer;
  readonly reason: string;
  readonly failed_at: Date;
}

function toDeadLetter(row: DeadLetterRow): DeadLetter {
  const { id, consumer, topic, key, headers, value, reason, failed_at } = row;
  return { id, group: consumer, reason, failedAt: failed_at, event: { topic, key, headers, value } };
}
