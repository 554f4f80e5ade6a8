import type { Shortage } from '@shop/contracts';
import type { StockLine } from '../domain/stock.ts';
import type { Queries } from './prisma.ts';

export type ReservationState = 'reserved' | 'rejected' | 'released';

export interface Reservation {
  readonly state: ReservationState;
  readonly lines: readonly StockLine[];
  readonly shortages: readonly Shortage[];
}

export type ReservationRepository = ReturnType<typeof createReservationRepository>;

/** What was decided of each order, within a transaction. */
export function createReservationRepository(db: Queries) {
  return {
    /** Inserts the order's one row. @returns false if there is one already, which stays as it is */
    open: async (
      orderNumber: string,
      state: ReservationState,
      lines: readonly StockLine[],
    ): Promise<boolean> => {
      const rows = await db.$queryRaw<unknown[]>`
        INSERT INTO stock_reservations (order_number, state, lines)
        VALUES (${orderNumber}, ${state}, ${JSON.stringify(lines)}::text::jsonb)
        ON CONFLICT DO NOTHING RETURNING order_number`;
      return rows.length > 0;
    },

    /** An order's row, locked. */
    lock: async (orderNumber: string): Promise<Reservation> => {
      const [row] = await db.$queryRaw<Reservation[]>`
        SELECT state, lines, shortages FROM stock_reservations WHERE order_number = ${orderNumber} FOR UPDATE`;
      if (row === undefined) throw new Error(`Order ${orderNumber} has no reservation to lock.`);
      return row;
    },

    reject: async (orderNumber: string, shortages: readonly Shortage[]): Promise<void> => {
      await db.$executeRaw`
        UPDATE stock_reservations
        SET state = 'rejected', shortages = ${JSON.stringify(shortages)}::text::jsonb, updated_at = now()
        WHERE order_number = ${orderNumber}`;
    },

    release: async (orderNumber: string): Promise<void> => {
      const data = { state: 'released', updatedAt: new Date() };
      await db.stockReservation.update({ where: { orderNumber }, data });
    },
  };
}
