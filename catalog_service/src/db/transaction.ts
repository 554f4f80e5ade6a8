import type { NewEvent } from '@shop/contracts';
import { addEvents, type Sql, sqlOf } from '@shop/messaging';
import { conflictRetry, hasDatabaseCode, withTransaction as withPgTransaction } from '@shop/service-kit';
import type pg from 'pg';
import { problem } from '../problems.ts';
import type { PrismaClient } from './prisma.ts';
import {
  type CountMovements,
  createProductRepository,
  type ProductRepository,
} from './product.repository.ts';
import { createStockRepository, type StockRepository } from './stock.repository.ts';

interface Transaction {
  /** To the outbox, in this order. Change the rows first: their locks make outbox order commit order. */
  addEvents(events: readonly NewEvent[]): Promise<void>;
  readonly sql: Sql;
}

/**
 * All that administrators may do in one transaction. Events can be added only in a transaction, so none is published
 * without a commit.
 */
export interface CatalogTransaction extends Transaction {
  readonly products: ProductRepository;
}

/** All that orders may do in one transaction. */
export interface StockTransaction extends Transaction {
  readonly stock: StockRepository;
}

export interface CatalogDatabase {
  readonly prisma: PrismaClient;
  /** Prisma's own. */
  readonly pool: pg.Pool;
  readonly afterCommit: () => void;
  /** Is told of movements of stock once they are committed. */
  readonly countMovements?: CountMovements;
}

/** Commits all of `work`, or nothing. What the kit's `conflictRetry` says of repeats holds for it. */
export function withTransaction<T>(
  db: CatalogDatabase,
  work: (tx: CatalogTransaction) => Promise<T>,
): Promise<T> {
  return thenReport(db, (countMovements) =>
    conflictRetry.execute(() =>
      db.prisma.$transaction((queries) => {
        const sql: Sql = (text, values) => queries.$queryRawUnsafe(text, ...values);
        return work({ products: createProductRepository(queries, countMovements()), ...events(sql) });
      }),
    ),
  );
}

/** The same for orders: there are so many that their statements are prepared, and run on pg without Prisma. */
export function withStockTransaction<T>(
  db: CatalogDatabase,
  work: (tx: StockTransaction) => Promise<T>,
): Promise<T> {
  return thenReport(db, (countMovements) =>
    withPgTransaction(db.pool, (client) => {
      const sql = sqlOf(client);
      return work({ stock: createStockRepository(sql, countMovements()), ...events(sql) });
    }),
  );
}

const events = (sql: Sql): Transaction => ({ sql, addEvents: (added) => addEvents(sql, added) });

/** @param transaction asks for a counter at the start of each attempt: of one that is rolled back nothing happened. */
async function thenReport<T>(
  { afterCommit, countMovements = () => {} }: CatalogDatabase,
  transaction: (countMovements: () => CountMovements) => Promise<T>,
): Promise<T> {
  let movements: Parameters<CountMovements>[] = [];
  try {
    const result = await transaction(() => {
      movements = [];
      return (...movement) => void movements.push(movement);
    });
    afterCommit();
    for (const movement of movements) countMovements(...movement);
    return result;
  } catch (error) {
    // A row that is locked for too long is not a bug: the caller may try again.
    throw hasDatabaseCode(error, '55P03') ? problem('product-busy', { cause: error }) : error;
  }
}
