import type { NewEvent } from '@shop/contracts';
import { addEvents, type Sql, sqlOf } from '@shop/messaging';
import { conflictRetry, hasDatabaseCode, withTransaction as withPgTransaction } from '@shop/service-kit';
import type pg from 'pg';
import { problem } from '../problems.ts';
import type { PrismaClient } from './prisma.ts';
import { createProductRepository, type ProductRepository } from './product.repository.ts';
import { type CountMovements, createProductWrites, type ProductWrites } from './product-writes.ts';
import { createStockRepository, type StockRepository } from './stock.repository.ts';

interface Transaction {
  /** To the outbox, in this order. Change the rows first: their locks make outbox order commit order. */
  addEvents(events: readonly NewEvent[]): Promise<void>;
  readonly sql: Sql;
  /** Runs `effect` once all of it is committed, and never when it is not. */
  afterCommit(effect: () => void): void;
}

/**
 * All that administrators may do in one transaction. Events can be added only in a transaction, so none is published
 * without a commit.
 */
export interface CatalogTransaction extends Transaction {
  readonly products: ProductRepository;
}

/** All that imports may do in one transaction. */
export interface ImportTransaction extends Transaction {
  readonly products: ProductWrites;
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
  return thenReport(db, (begin) =>
    conflictRetry.execute(() =>
      db.prisma.$transaction((queries) => {
        const { countMovements, ...tx } = begin((text, values) => queries.$queryRawUnsafe(text, ...values));
        return work({ products: createProductRepository(queries, tx.sql, countMovements), ...tx });
      }),
    ),
  );
}

/** The same for orders: there are so many that their statements are prepared, and run on pg without Prisma. */
export function withStockTransaction<T>(
  db: CatalogDatabase,
  work: (tx: StockTransaction) => Promise<T>,
): Promise<T> {
  return thenReport(db, (begin) =>
    withPgTransaction(db.pool, (client) => {
      const { countMovements, ...tx } = begin(sqlOf(client));
      return work({ stock: createStockRepository(tx.sql, countMovements), ...tx });
    }),
  );
}

/** The same for imports: Prisma takes long to look at what one statement of them brings. */
export function withImportTransaction<T>(
  db: CatalogDatabase,
  work: (tx: ImportTransaction) => Promise<T>,
): Promise<T> {
  return thenReport(db, (begin) =>
    withPgTransaction(db.pool, (client) => {
      const { countMovements, ...tx } = begin(sqlOf(client));
      return work({ products: createProductWrites(tx.sql, countMovements), ...tx });
    }),
  );
}

/** Only one index of what is written here can be taken by another. */
const isSkuTaken = (error: unknown) => hasDatabaseCode(error, '23505', 'P2002', 'UniqueConstraintViolation');

type Attempt = Transaction & { readonly countMovements: CountMovements };

/** @param transaction begins each attempt: of one that is rolled back nothing happened. */
async function thenReport<T>(
  { afterCommit, countMovements = () => {} }: CatalogDatabase,
  transaction: (begin: (sql: Sql) => Attempt) => Promise<T>,
): Promise<T> {
  let effects: (() => void)[] = [];
  try {
    const result = await transaction((sql) => {
      effects = [];
      return {
        sql,
        addEvents: (added) => addEvents(sql, added),
        afterCommit: (effect) => void effects.push(effect),
        countMovements: (...movement) => void effects.push(() => countMovements(...movement)),
      };
    });
    afterCommit();
    for (const effect of effects) effect();
    return result;
  } catch (error) {
    // A row that is locked for too long is not a bug: the caller may try again.
    if (hasDatabaseCode(error, '55P03')) throw problem('product-busy', { cause: error });
    throw isSkuTaken(error) ? problem('sku-taken', { cause: error }) : error;
  }
}
