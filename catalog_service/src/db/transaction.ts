import type { NewEvent } from '@shop/contracts';
import { addEvents, type Sql } from '@shop/messaging';
import { AppError } from '@shop/service-kit';
import { postgresCode, withPostgresCodes } from './errors.ts';
import type { PrismaClient, Queries } from './prisma.ts';
import { type CountMovements, createProductStore, type ProductStore } from './product-store.ts';
import { createReservationStore, type ReservationStore } from './reservation-store.ts';

/** All that may happen in one transaction. Events can be said only here, so none is said that was not committed. */
export interface CatalogTransaction {
  readonly products: ProductStore;
  readonly reservations: ReservationStore;
  /** To the outbox, in this order. Change the rows first: their locks make outbox order commit order. */
  addEvents(events: readonly NewEvent[]): Promise<void>;
  readonly sql: Sql;
}

/**
 * Commits all of `work`, or nothing. After a deadlock or a serialization failure the whole of it runs again, so it
 * must have no effect outside the database.
 */
export type RunTransaction = <T>(work: (tx: CatalogTransaction) => Promise<T>) => Promise<T>;

export interface TransactionOptions {
  readonly prisma: PrismaClient;
  readonly afterCommit: () => void;
  /** Is told of movements of stock once they are committed. */
  readonly stockMoved?: CountMovements;
}

const attempts = 5;

export function createRunTransaction({
  prisma,
  afterCommit,
  stockMoved = () => {},
}: TransactionOptions): RunTransaction {
  return async (work) => {
    for (let attempt = 1; ; attempt++) {
      try {
        const moves: Parameters<CountMovements>[] = [];
        const count: CountMovements = (...move) => void moves.push(move);
        const result = await withPostgresCodes(() =>
          prisma.$transaction((db) => work(openTransaction(db, count))),
        );
        afterCommit();
        for (const move of moves) stockMoved(...move);
        return result;
      } catch (error) {
        if (attempt >= attempts || !mayTryAgain(error)) throw asUnavailable(error);
      }
    }
  };
}

function openTransaction(db: Queries, moved: CountMovements): CatalogTransaction {
  const sql: Sql = (text, values) => db.$queryRawUnsafe(text, ...values);
  return {
    products: createProductStore(db, moved),
    reservations: createReservationStore(db),
    addEvents: (events) => addEvents(sql, events),
    sql,
  };
}

const codeOf = (error: unknown) => (error as { code?: string }).code ?? postgresCode(error);

/** Deadlock and serialization failure, also in Prisma's words. */
const mayTryAgain = (error: unknown) => ['40P01', '40001', 'P2034'].includes(codeOf(error) ?? '');

/** A row that is locked for too long is no bug: the caller may try again. */
function asUnavailable(error: unknown): unknown {
  if (codeOf(error) !== '55P03') return error;
  const message = 'The product is being changed by others. Try again in a moment.';
  return new AppError('unavailable', 'product-busy', message, { cause: error, retryAfter: 1 });
}
