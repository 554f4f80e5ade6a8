import { PrismaPg } from '@prisma/adapter-pg';
import type pg from 'pg';
import { type Prisma, PrismaClient } from '../generated/prisma/client.ts';

export const schema = 'catalog';

/** What queries run on: the client itself, or a transaction of it. */
export type Queries = Prisma.TransactionClient;

export type { PrismaClient };

/**
 * Prisma on the service's one pool. The schema is named twice: here for Prisma's own queries, in the pool's
 * search_path for raw ones.
 */
export function createPrisma(pool: pg.Pool): PrismaClient {
  return new PrismaClient({
    adapter: new PrismaPg(pool, { schema }),
    omit: { product: { sortName: true } },
    transactionOptions: { maxWait: 5_000, timeout: 10_000 },
  });
}
