import type { NewEvent } from '@shop/contracts';
import { addEvents, type Sql } from '@shop/messaging';
import { conflictRetry, hasDatabaseCode } from '@shop/service-kit';
import { problem } from '../problems.ts';
import type { PrismaClient, Queries } from './prisma.ts';
import {
  type CountMovements,
  createProductRepository,
  type ProductRepository,
} from './product.repository.ts';
import { createReservationRepository, type ReservationRepository } from './reservation.repository.ts';

/** All that may happen in one transaction. Events can be added only here, so none is published without a commit. */
export interface CatalogTransaction {
  readonly products: ProductRepository;
  readonly reservations: ReservationRepository;
  /** To the outbox, in this order. Change the rows first: their locks make outbox order commit order. */
  addEvents(events: readonly NewEvent[]): Promise<void>;
  readonly sql: Sql;
}

export interface CatalogDatabase {
  readonly prisma: PrismaClient;
  readonly afterCommit: () => void;
  /** Is told of movements of stock once they are committed. */
  readonly countMovements?: CountMovements;
}

/** Commits all of `work`, or nothing. What the kit's `conflictRetry` says of repeats holds for it. */
export async function withTransaction<T>(
  { prisma, afterCommit, countMovements = () => {} }: CatalogDatabase,
  work: (tx: CatalogTransaction) => Promise<T>,
): Promise<T> {
  try {
    const { result, movements } = await conflictRetry.execute(async () => {
      const movements: Parameters<CountMovements>[] = [];
      const count: CountMovements = (...movement) => void movements.push(movement);
      const result = await prisma.$transaction((db) => work(openTransaction(db, count)));
      return { result, movements };
    });
    afterCommit();
    for (const movement of movements) countMovements(...movement);
    return result;
  } catch (error) {
    // A row that is locked for too long is not a bug: the caller may try again.
    throw hasDatabaseCode(error, '55P03') ? problem('product-busy', { cause: error }) : error;
  }
}

function openTransaction(db: Queries, countMovements: CountMovements): CatalogTransaction {
  const sql: Sql = (text, values) => db.$queryRawUnsafe(text, ...values);
  return {
    products: createProductRepository(db, countMovements),
    reservations: createReservationRepository(db),
    addEvents: (events) => addEvents(sql, events),
    sql,
  };
}
