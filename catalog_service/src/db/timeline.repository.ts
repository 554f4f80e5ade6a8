import type { TimelineEntry } from '@shop/contracts';
import { addedEvents, handledEvents } from '@shop/messaging';
import type pg from 'pg';

export type TimelineRepository = ReturnType<typeof createTimelineRepository>;

const service = 'catalog_service';

/** What is known of an order here, for an administrator who has to explain it. */
export function createTimelineRepository(pool: pg.Pool) {
  async function movements(orderNumber: string): Promise<TimelineEntry[]> {
    const { rows } = await pool.query<{ at: Date; productId: number; delta: number; reason: string }>(
      `SELECT created_at AS at, product_id AS "productId", delta, reason FROM stock_movements
       WHERE order_number = $1 ORDER BY id`,
      [orderNumber],
    );
    return rows.map(({ at, productId, delta, reason }) => ({
      at: at.toISOString(),
      service,
      kind: 'stock',
      what: `stock of product ${productId} moved by ${delta}: ${reason}`,
    }));
  }

  async function reservation(orderNumber: string): Promise<TimelineEntry[]> {
    const { rows } = await pool.query<{ madeAt: Date; at: Date; state: string; shortages: unknown[] }>(
      `SELECT created_at AS "madeAt", updated_at AS at, state, shortages FROM stock_reservations
       WHERE order_number = $1`,
      [orderNumber],
    );
    return rows.map(({ madeAt, at, state, shortages }) => ({
      at: at.toISOString(),
      service,
      kind: 'reservation',
      what:
        `reservation of ${madeAt.toISOString()} is ${state}` +
        (shortages.length > 0 ? `: ${JSON.stringify(shortages)}` : ''),
    }));
  }

  return {
    /** @param eventIds of events that may have been handled here */
    read: async (orderNumber: string, eventIds: readonly string[]): Promise<TimelineEntry[]> => {
      const parts = await Promise.all([
        reservation(orderNumber),
        movements(orderNumber),
        addedEvents(pool, service, orderNumber),
        handledEvents(pool, service, eventIds),
      ]);
      return parts.flat();
    },
  };
}
