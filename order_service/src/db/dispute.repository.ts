import { count, eq, notInArray } from 'drizzle-orm';
import { drizzle } from 'drizzle-orm/node-postgres';
import type pg from 'pg';
import { closedDisputes } from '../domain/dispute.ts';
import { disputes } from './schema.ts';
import type { Transaction } from './transaction.ts';

export type DisputeRepository = ReturnType<typeof createDisputeRepository>;

/** How far the disputes of payments are; all else that is known of one stands in the history of its order. */
export function createDisputeRepository(pool: pg.Pool) {
  const db = drizzle(pool);
  return {
    /** The order must be locked. @returns undefined for one that was not known yet */
    statusOf: async (tx: Transaction, id: string): Promise<string | undefined> => {
      const [known] = await tx.db.select().from(disputes).where(eq(disputes.id, id));
      return known?.status;
    },

    /** The order must be locked. */
    save: async (tx: Transaction, orderId: number, id: string, status: string): Promise<void> => {
      await tx.sql(
        `INSERT INTO disputes (id, order_id, status) VALUES ($1, $2, $3)
         ON CONFLICT (id) DO UPDATE SET status = excluded.status, updated_at = now()`,
        [id, orderId, status],
      );
    },

    /** Of each status of those that are not closed. */
    countOpen: async (): Promise<ReadonlyMap<string, number>> => {
      const rows = await db
        .select({ status: disputes.status, disputes: count() })
        .from(disputes)
        // As the index has it.
        .where(notInArray(disputes.status, [...closedDisputes]))
        .groupBy(disputes.status);
      return new Map(rows.map((row) => [row.status, row.disputes]));
    },
  };
}
