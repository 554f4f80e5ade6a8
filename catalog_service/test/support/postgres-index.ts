import { createLogger, createPool } from '@shop/service-kit';
import { createPrisma } from '../../src/db/prisma.ts';
import { withTransaction } from '../../src/db/transaction.ts';
import { adjustmentsOf, changeOf } from '../../src/domain/product.ts';
import { createPostgresSearchIndex } from '../../src/search/postgres/postgres-search-index.ts';
import { createCatalogDatabase } from './harness.ts';
import type { IndexUnderTest } from './index-under-test.ts';

/** The products table of a database of its own, which is its own search index. */
export async function makePostgresIndex() {
  const database = await createCatalogDatabase();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const pool = createPool({ url: database.url, name: 'test', schema: 'catalog', logger });
  const prisma = createPrisma(pool);
  let statements = 0;
  const counting: typeof pool = Object.create(pool, {
    query: {
      value: (...given: Parameters<typeof pool.query>) => {
        statements++;
        return pool.query(...given);
      },
    },
  });
  const db = { prisma, pool, afterCommit: () => {} };
  const tested: IndexUnderTest = {
    index: createPostgresSearchIndex(counting),
    add: (products) => withTransaction(db, (tx) => tx.products.create(products)),
    change: ({ id }, content, stock) =>
      withTransaction(db, async (tx) => {
        const product = await tx.products.lock(id);
        if (product === undefined) throw new Error(`There is no product ${id}.`);
        const changed = changeOf(product, content, stock ?? product.stock) ?? product;
        const [saved] = await tx.products.save([changed], adjustmentsOf(product, changed));
        return saved ?? changed;
      }),
    remove: ({ id }) =>
      withTransaction(db, async (tx) => {
        const product = await tx.products.lock(id);
        if (product !== undefined) await tx.products.delete(product);
      }),
    close: async () => {
      await prisma.$disconnect();
      await pool.end();
      await database.drop();
    },
  };
  return { ...tested, sql: database.sql, statements: () => statements };
}
