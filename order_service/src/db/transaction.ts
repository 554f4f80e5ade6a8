import type { NewEvent } from '@shop/contracts';
import { addEvents, type Sql, sqlOf } from '@shop/messaging';
import { withTransaction as withPgTransaction } from '@shop/service-kit';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

type OwnEvent = NewEvent extends infer E ? (E extends NewEvent ? Omit<E, 'source'> : never) : never;

/** One open transaction: everything done through it is committed together, its events included. */
export interface Transaction {
  readonly db: NodePgDatabase;
  readonly sql: Sql;
  /** The only way to tell other services something. */
  addEvents(events: readonly OwnEvent[]): Promise<void>;
  /** Runs `effect` once all of it is committed, and never when it is not. The same function runs once. */
  afterCommit(effect: () => void): void;
}

export interface OrderDatabase {
  readonly pool: pg.Pool;
  /** Runs after each commit that added events. */
  readonly eventsAdded: () => void;
}

/**
 * Drizzle's own `transaction` loses a pooled connection when BEGIN fails, so the kit's transaction is used and
 * Drizzle is laid over its connection. After a deadlock all of `work` runs again.
 */
export async function withTransaction<T>(
  { pool, eventsAdded }: OrderDatabase,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  let effects = new Set<() => void>();
  const result = await withPgTransaction(pool, (client) => {
    // Of an attempt that was rolled back nothing happened.
    effects = new Set();
    const sql = sqlOf(client);
    return work({
      db: drizzle(client),
      sql,
      addEvents: async (events) => {
        if (events.length > 0) effects.add(eventsAdded);
        await addEvents(
          sql,
          events.map((event) => ({ ...event, source: 'order_service' })),
        );
      },
      afterCommit: (effect) => void effects.add(effect),
    });
  });
  for (const effect of effects) effect();
  return result;
}
