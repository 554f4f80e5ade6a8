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
    adapter: new ReleasingPrismaPg(pool, { schema }),
    omit: { product: { sortName: true, nameKey: true, categoryKey: true, tagKeys: true } },
    transactionOptions: { maxWait: 5_000, timeout: 10_000 },
  });
}

/** By the clock of the database, as instances need not have the same. */
export async function databaseNow(db: Queries): Promise<Date> {
  const [row] = await db.$queryRaw<[{ now: Date }]>`SELECT now()`;
  return row.now;
}

type Adapter = Awaited<ReturnType<PrismaPg['connect']>>;
type AdapterTransaction = Awaited<ReturnType<Adapter['startTransaction']>>;

/**
 * Prisma runs COMMIT or ROLLBACK and gives its connection back only when that has succeeded, so a connection that
 * breaks would stay taken for ever. This adapter gives it back whatever happens, and the pool closes it.
 */
class ReleasingPrismaPg extends PrismaPg {
  override async connect(): Promise<Adapter> {
    const adapter = await super.connect();
    const start = adapter.startTransaction.bind(adapter);
    adapter.startTransaction = async (isolationLevel) => releasing(await start(isolationLevel));
    return adapter;
  }
}

function releasing(transaction: AdapterTransaction): AdapterTransaction {
  // Its own, which it has a method for only after a success.
  const { client, cleanup } = transaction as unknown as { client: pg.PoolClient; cleanup: () => void };
  const execute = transaction.executeRaw.bind(transaction);
  let released = false;
  transaction.executeRaw = async (query) => {
    try {
      return await execute(query);
    } catch (error) {
      if (/^(COMMIT|ROLLBACK)$/.test(query.sql) && !released) {
        released = true;
        cleanup();
        client.release(error as Error);
      }
      throw error;
    }
  };
  return transaction;
}
