import type { NewEvent } from '@shop/contracts';
import { addEvents as addToOutbox, type Sql, sqlOf, withEvent } from '@shop/messaging';
import { conflictRetry, withTransaction as withPgTransaction } from '@shop/service-kit';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';

type OwnEvent = NewEvent extends infer E ? (E extends NewEvent ? Omit<E, 'source'> : never) : never;

/** One statement, or those of a transaction. */
export interface Statement {
  readonly sql: Sql;
  /** Runs a statement that adds an event by `insertEvents`; its parameter for that is `rows`. */
  withEvent<T>(event: OwnEvent, statement: (rows: string) => Promise<T>): Promise<T>;
  /** Runs `effect` once all of it is committed, and never when it is not. The same function runs once. */
  afterCommit(effect: () => void): void;
}

/** One open transaction: everything done through it is committed together, its events included. */
export interface Transaction extends Statement {
  readonly db: NodePgDatabase;
  /** The only way to tell other services something, with {@link Statement.withEvent}. */
  addEvents(events: readonly OwnEvent[]): Promise<void>;
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
export function withTransaction<T>(
  database: OrderDatabase,
  work: (tx: Transaction) => Promise<T>,
): Promise<T> {
  return thenReport(database, (begin) =>
    withPgTransaction(database.pool, (client) => {
      const statement = begin(sqlOf(client));
      const addEvents = async (events: readonly OwnEvent[]) => {
        if (events.length > 0) statement.afterCommit(database.eventsAdded);
        await addToOutbox(statement.sql, events.map(ofThisService));
      };
      return work({ ...statement, db: drizzle(client), addEvents });
    }),
  );
}

/** The same for work that is a single statement, and so a transaction by itself. */
export function withStatement<T>(
  database: OrderDatabase,
  work: (statement: Statement) => Promise<T>,
): Promise<T> {
  return thenReport(database, (begin) => conflictRetry.execute(() => work(begin(sqlOf(database.pool)))));
}

const ofThisService = (event: OwnEvent): NewEvent => ({ ...event, source: 'order_service' });

/** @param run begins each attempt: of one that was rolled back nothing happened */
async function thenReport<T>(
  { eventsAdded }: OrderDatabase,
  run: (begin: (sql: Sql) => Statement) => Promise<T>,
): Promise<T> {
  let effects = new Set<() => void>();
  const result = await run((sql) => {
    effects = new Set();
    const afterCommit = (effect: () => void) => void effects.add(effect);
    return {
      sql,
      afterCommit,
      withEvent: (event, statement) => {
        afterCommit(eventsAdded);
        return withEvent(ofThisService(event), statement);
      },
    };
  });
  for (const effect of effects) effect();
  return result;
}
