import { and, eq, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { idempotencyKeys } from './schema.ts';
import type { Transaction } from './transaction.ts';

/** A key is the customer's own, for one route. */
export interface IdempotencyScope {
  readonly customerId: number;
  readonly route: string;
  readonly key: string;
}

export interface StoredReply {
  readonly bodyHash: string;
  readonly reply: unknown;
}

export interface IdempotencyRepository {
  find(scope: IdempotencyScope, tx?: Transaction): Promise<StoredReply | undefined>;
  /** Holds the key until the transaction ends. @returns false when another request holds it. */
  tryLock(tx: Transaction, scope: IdempotencyScope): Promise<boolean>;
  store(tx: Transaction, scope: IdempotencyScope, stored: StoredReply): Promise<void>;
  /** Forgets keys older than 24 hours, some at a time. */
  purge(): Promise<void>;
}

export function createIdempotencyRepository(pool: pg.Pool): IdempotencyRepository {
  const db = drizzle(pool);
  return {
    find: async (scope, tx) => findStored(tx?.db ?? db, scope),
    tryLock: async (tx, { customerId, route, key }) => {
      const [row] = await tx.sql(
        'SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) AS locked',
        [`idempotency ${customerId} ${route} ${key}`],
      );
      return (row as { locked: boolean }).locked;
    },
    store: async (tx, scope, { bodyHash, reply }) => {
      // Only an expired key can be there already: `find` does not see those.
      await tx.db
        .insert(idempotencyKeys)
        .values({ ...scope, bodyHash, reply })
        .onConflictDoUpdate({
          target: [idempotencyKeys.customerId, idempotencyKeys.route, idempotencyKeys.key],
          set: { bodyHash, reply, createdAt: sql`now()` },
        });
    },
    purge: async () => {
      await db.execute(sql`
        DELETE FROM idempotency_keys WHERE (customer_id, route, key) IN (
          SELECT customer_id, route, key FROM idempotency_keys
          WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT 1000)`);
    },
  };
}

async function findStored(db: NodePgDatabase, scope: IdempotencyScope): Promise<StoredReply | undefined> {
  const { customerId, route, key, createdAt, bodyHash, reply } = idempotencyKeys;
  const [row] = await db
    .select({ bodyHash, reply })
    .from(idempotencyKeys)
    .where(
      and(
        eq(customerId, scope.customerId),
        eq(route, scope.route),
        eq(key, scope.key),
        sql`${createdAt} > now() - interval '24 hours'`,
      ),
    );
  return row;
}
