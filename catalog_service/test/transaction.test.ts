import { createLogger, createPool } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { createPrisma } from '../src/db/prisma.ts';
import { withTransaction } from '../src/db/transaction.ts';
import { adjustmentsOf, noVariant } from '../src/domain/product.ts';
import { createCatalogDatabase } from './support/harness.ts';

const product = {
  name: 'Mug',
  description: '',
  price: 1,
  currency: 'usd',
  stock: 1,
  category: null,
  tags: [],
  imageUrl: null,
  ...noVariant,
};

it('runs a transaction again as a whole when PostgreSQL ends it because of a deadlock', async () => {
  const database = await createCatalogDatabase();
  const logger = createLogger({ name: 'test', level: 'silent' });
  const pool = createPool({ url: database.url, name: 'test', schema: 'catalog', logger });
  const prisma = createPrisma(pool);
  let commits = 0;
  const db = { prisma, pool, afterCommit: () => commits++ };
  const [one, two] = await withTransaction(db, (tx) => tx.products.create([product, product]));
  let attempts = 0;
  let holding = 0;
  const lockBoth = (first: number, second: number) =>
    withTransaction(db, async (tx) => {
      attempts++;
      const locked = await tx.products.lock(first);
      holding++;
      await waitFor(() => holding >= 2);
      await tx.products.lock(second);
      if (locked === undefined) return;
      const changed = { ...locked, stock: locked.stock + 1, version: locked.version + 1 };
      await tx.products.save([changed], adjustmentsOf(locked, changed));
    });
  const ids = [one?.id ?? 0, two?.id ?? 0] as const;
  await Promise.all([lockBoth(ids[0], ids[1]), lockBoth(ids[1], ids[0])]);
  expect(attempts).toBe(3);
  expect(commits).toBe(3);
  expect(await database.sql('SELECT stock FROM products')).toEqual([{ stock: 2 }, { stock: 2 }]);
  expect(await database.sql('SELECT FROM stock_movements')).toHaveLength(4);
  await prisma.$disconnect();
  await pool.end();
  await database.drop();
});
