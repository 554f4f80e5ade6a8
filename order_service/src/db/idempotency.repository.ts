import { Problem } from '@shop/service-kit';
import { and, eq, getTableColumns, gt, sql } from 'drizzle-orm';
import { drizzle, type NodePgDatabase } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { problem } from '../problems.ts';
import { idempotencyKeys } from './schema.ts';
import type { Transaction } from './transaction.ts';

/** A request with an Idempotency-Key: the caller's own, for one route. The same key with another body is an error. */
export type IdempotentRequest = Omit<typeof idempotencyKeys.$inferSelect, 'reply' | 'createdAt'>;

export type IdempotencyRepository = ReturnType<typeof createIdempotencyRepository>;

const purgeBatch = 1_000;

const { customerId, route, key, createdAt } = getTableColumns(idempotencyKeys);

/** Lets a request with an Idempotency-Key have its effect once, and gives its repeats the first reply, for 24 hours. */
export function createIdempotencyRepository(pool: pg.Pool) {
  const db = drizzle(pool);

  async function findReply<Reply>(
    at: NodePgDatabase,
    request: IdempotentRequest,
  ): Promise<Reply | undefined> {
    const isSame = [eq(customerId, request.customerId), eq(route, request.route), eq(key, request.key)];
    const isRecent = gt(createdAt, sql`now() - interval '24 hours'`);
    const [stored] = await at
      .select()
      .from(idempotencyKeys)
      .where(and(...isSame, isRecent));
    if (stored !== undefined && stored.bodyHash !== request.bodyHash) throw problem('idempotency-key-reused');
    return stored?.reply as Reply | undefined;
  }

  return {
    /** The reply to an earlier request with the same key and body; none without a key. */
    find: async <Reply>(request: IdempotentRequest | undefined): Promise<Reply | undefined> =>
      request && findReply<Reply>(db, request),

    /**
     * Runs `work` in the transaction, unless it ran before, and stores its reply with its effect.
     * @throws Problem `request-in-progress` while another request with the same key is being processed
     */
    once: async <Reply>(
      tx: Transaction,
      request: IdempotentRequest | undefined,
      work: () => Promise<Reply>,
    ): Promise<Reply> => {
      if (request === undefined) return work();
      const scope = `idempotency ${request.customerId} ${request.route} ${request.key}`;
      const lock = 'SELECT pg_try_advisory_xact_lock(hashtextextended($1::text, 0)) AS taken';
      const [row] = (await tx.sql(lock, [scope])) as { taken: boolean }[];
      if (!row?.taken) throw problem('request-in-progress');
      let reply: Reply;
      try {
        reply = await work();
      } catch (error) {
        // The first request may have ended between our look for its reply and our lock.
        const earlier = error instanceof Problem ? await findReply<Reply>(tx.db, request) : undefined;
        if (earlier === undefined) throw error;
        return earlier;
      }
      // Only an expired key is overwritten.
      const { customerId, route, key, bodyHash } = request;
      const kept = await tx.sql(
        `INSERT INTO idempotency_keys (customer_id, route, key, body_hash, reply) VALUES ($1, $2, $3, $4, $5::jsonb)
         ON CONFLICT (customer_id, route, key) DO UPDATE
         SET body_hash = excluded.body_hash, reply = excluded.reply, created_at = now()
         WHERE idempotency_keys.created_at <= now() - interval '24 hours'
         RETURNING key`,
        [customerId, route, key, bodyHash, JSON.stringify(reply)],
      );
      // The first request ended after our look for its reply, and what it did did not keep the work from being done
      // again. Nothing of it must stay; who asks once more is given the first reply.
      if (kept.length === 0) throw problem('request-in-progress');
      return reply;
    },

    /** Deletes keys older than 24 hours, some at a time. */
    /** @returns whether there are more. */
    deleteExpired: async (): Promise<boolean> => {
      const { rowCount } = await db.execute(sql`
        DELETE FROM idempotency_keys WHERE (customer_id, route, key) IN (
          SELECT customer_id, route, key FROM idempotency_keys
          WHERE created_at < now() - interval '24 hours' ORDER BY created_at LIMIT ${purgeBatch})`);
      return rowCount === purgeBatch;
    },
  };
}
