import { type CancelReason, type OrderStatus, openOrderStatuses } from '@shop/contracts';
import { createCounter, createGauge, type Logger, type Registry } from '@shop/service-kit';
import type { OrderRepository } from './db/order.repository.ts';
import type { OrderStreams } from './services/order-streams.service.ts';

/** However often it is scraped, the database is asked no more often than this. */
const keepCountsMs = 10_000;

/** What the service counts beside its requests and events. */
export function createOrderMetrics(
  registry: Registry,
  orders: OrderRepository,
  streams: OrderStreams,
  logger: Logger,
) {
  const created = createCounter(registry, { name: 'orders_created_total', help: 'Orders placed.' });
  const changes = createCounter(registry, {
    name: 'order_status_changes_total',
    help: 'Changes of the status of an order; `reason` says why it was cancelled.',
    labelNames: ['from', 'to', 'reason'],
  });
  const readCounts = createCountReader(orders, logger);
  const open = createGauge(registry, {
    name: 'orders_open',
    help: 'Orders that wait for stock or payment, the same at every instance; absent while the database is unavailable.',
    labelNames: ['status'],
    collect: async () => {
      const counts = await readCounts();
      open.reset();
      if (!counts) return;
      for (const status of openOrderStatuses) open.set({ status }, counts.get(status)?.orders ?? 0);
    },
  });
  const oldest = createGauge(registry, {
    name: 'orders_oldest_open_age_seconds',
    help: 'How long ago the oldest order was placed that waits for stock or payment; 0 without any; absent like orders_open.',
    labelNames: ['status'],
    collect: async () => {
      const counts = await readCounts();
      oldest.reset();
      if (!counts) return;
      for (const status of openOrderStatuses) oldest.set({ status }, counts.get(status)?.ageSeconds ?? 0);
    },
  });
  const followed = createGauge(registry, {
    name: 'order_streams',
    help: 'Live streams that this instance serves.',
    collect: () => void followed.set(streams.count()),
  });
  return {
    /** Once it is committed. */
    orderCreated: () => created.inc(),
    /** Once it is committed. */
    statusChanged: (from: OrderStatus, to: OrderStatus, reason: CancelReason | undefined) =>
      changes.inc({ from, to, reason: reason ?? 'none' }),
  };
}

export type OrderMetrics = ReturnType<typeof createOrderMetrics>;

function createCountReader(orders: OrderRepository, logger: Logger) {
  const read = () =>
    orders.countOpen().catch((error: unknown) => {
      logger.warn({ err: error }, 'orders could not be counted');
    });
  let counts: ReturnType<typeof read> | undefined;
  let readAt = 0;
  return () => {
    const now = performance.now();
    if (counts !== undefined && now - readAt < keepCountsMs) return counts;
    readAt = now;
    counts = read();
    return counts;
  };
}
