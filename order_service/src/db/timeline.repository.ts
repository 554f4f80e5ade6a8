import { addedEvents, handledEvents } from '@shop/messaging';
import type pg from 'pg';

export type TimelineRepository = ReturnType<typeof createTimelineRepository>;

const service = 'order_service';

/** The events of an order in the outbox and the inbox. */
export const createTimelineRepository = (pool: pg.Pool) => ({
  addedEvents: (orderNumber: string) => addedEvents(pool, service, orderNumber),
  handledEvents: (ids: readonly string[]) => handledEvents(pool, service, ids),
});
