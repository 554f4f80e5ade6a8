import type { NewEvent } from '@shop/contracts';
import { addEvent, type Sql, sqlOf } from '@shop/messaging';
import { withTransaction } from '@shop/service-kit';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

type OwnEvent = NewEvent extends infer E ? (E extends NewEvent ? Omit<E, 'source'> : never) : never;

/** One open transaction: everything done through it is committed together, its events included. */
export interface Transaction {
  readonly db: NodePgDatabase;
  readonly sql: Sql;
  /** The only way to say something to other services. */
  addEvent(event: OwnEvent): Promise<void>;
  /** Runs `tell` once all of it is committed, and never when it is not. The same function runs once. */
  afterCommit(tell: () => void): void;
}

export type InTransaction = <T>(work: (tx: Transaction) => Promise<T>) => Promise<T>;

/**
 * Drizzle's own `transaction` loses a pooled connection when BEGIN fails, so the kit's transaction is used and
 * Drizzle is laid over its connection.
 * @param eventsAdded called after a commit that added events
 */
export function createInTransaction(pool: pg.Pool, eventsAdded: () => void): InTransaction {
  return async (work) => {
    let toTell = new Set<() => void>();
    const result = await withTransaction(pool, (client) => {
      // After a deadlock all of it runs again: what the first attempt had to tell did not happen.
      toTell = new Set();
      const sql = sqlOf(client);
      return work({
        db: drizzle(client),
        sql,
        addEvent: async (event) => {
          toTell.add(eventsAdded);
          await addEvent(sql, { ...event, source: 'order_service' });
        },
        afterCommit: (tell) => void toTell.add(tell),
      });
    });
    for (const tell of toTell) tell();
    return result;
  };
}
