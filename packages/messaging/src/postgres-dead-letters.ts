import type pg from 'pg';
import { attemptsOf, type DeadLetter, type DeadLetters, noSuchLetter, underWay } from './dead-letters.ts';
import type { WireEvent } from './event.ts';

/** Where the in-process bus keeps messages that could not be handled. */
export interface DeadLetterStore {
  add(group: string, event: WireEvent, reason: string): Promise<void>;
  /** The letters whose redrive an operator asked for: the oldest, at most 100. */
  requested(): Promise<readonly DeadLetter[]>;
  remove(id: string): Promise<void>;
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
  return {
    add: async (group, { topic, key, headers, value }, reason) => {
      await pool.query(
        'INSERT INTO dead_letters (consumer, topic, key, headers, value, reason) VALUES ($1, $2, $3, $4, $5, $6)',
        [group, topic, key, headers, value, reason],
      );
    },
    requested: () => read(pool, 'WHERE redrive_requested ORDER BY dead_letters.id LIMIT 100'),
    remove: async (id) => {
      await pool.query('DELETE FROM dead_letters WHERE id = $1', [id]);
    },
  };
}

/**
 * The {@link DeadLetters} of the in-process bus. A redrive is a request: the running bus delivers the letter again
 * within about a second, and it is listed until that is done. Closing ends the pool.
 */
export function createPostgresDeadLetters(pool: pg.Pool): DeadLetters {
  return {
    list: async (limit = 100) => {
      const count = await pool.query<{ total: number }>('SELECT count(*)::int AS total FROM dead_letters');
      const letters = await read(pool, 'ORDER BY dead_letters.id LIMIT $1', [limit]);
      return { total: count.rows[0]?.total ?? 0, letters };
    },
    show: async (id) => (await read(pool, 'WHERE id::text = $1', [id]))[0],
    redrive: async (ids) => {
      // Only what has not been asked for, so that nothing is asked for twice.
      const { rows } = await pool.query<{ id: string; before: boolean }>(
        `UPDATE dead_letters SET redrive_requested = true
         FROM (SELECT id, redrive_requested AS before FROM dead_letters
           WHERE $1::text[] IS NULL OR id::text = ANY($1) FOR UPDATE) AS found
         WHERE dead_letters.id = found.id RETURNING found.id::text, before`,
        [ids ?? null],
      );
      return {
        count: rows.filter(({ before }) => !before).length,
        refused: missing(ids ?? [], rows),
        passedOver: rows.filter(({ before }) => before).map(({ id }) => ({ id, why: underWay })),
      };
    },
    discard: async (ids) => {
      const { rows } = await pool.query<{ id: string }>(
        'DELETE FROM dead_letters WHERE id::text = ANY($1) RETURNING id::text',
        [ids],
      );
      return { count: rows.length, refused: missing(ids, rows), passedOver: [] };
    },
    close: () => pool.end(),
  };
}

function missing(ids: readonly string[], found: readonly { readonly id: string }[]) {
  const known = new Set(found.map(({ id }) => id));
  return [...new Set(ids)].filter((id) => !known.has(id)).map((id) => ({ id, why: noSuchLetter }));
}

/** @param rest must say `dead_letters.id` to order by the number: `id` alone is the text here. */
async function read(pool: pg.Pool, rest: string, values: unknown[] = []): Promise<DeadLetter[]> {
  const { rows } = await pool.query<Omit<DeadLetter, 'event' | 'attempts'> & WireEvent>(
    `SELECT id::text, consumer AS "group", reason, failed_at AS "failedAt", topic, key, headers, value
     FROM dead_letters ${rest}`,
    values,
  );
  return rows.map(({ topic, key, headers, value, ...letter }) => {
    const event = { topic, key, headers, value };
    return { ...letter, attempts: attemptsOf(event), event };
  });
}
