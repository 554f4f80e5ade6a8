import {
  type CancelReason,
  type OrderStatus,
  openOrderStatuses,
  type RefundStatus,
  refundStatuses,
} from '@shop/contracts';
import { createCounter, createGauge, type Logger, type Registry } from '@shop/service-kit';
import type { DisputeRepository } from './db/dispute.repository.ts';
import type { OrderRepository } from './db/order.repository.ts';
import { openDisputes } from './domain/dispute.ts';
import type { OrderStreams } from './services/order-streams.service.ts';

/** However often it is scraped, the database is asked no more often than this. */
const keepCountsMs = 10_000;

interface MetricSources {
  readonly orders: OrderRepository;
  readonly disputes: DisputeRepository;
  readonly streams: OrderStreams;
  readonly logger: Logger;
}

/** What the service counts beside its requests and events. */
export function createOrderMetrics(registry: Registry, sources: MetricSources) {
  const { orders, disputes, streams, logger } = sources;
  const created = createCounter(registry, { name: 'orders_created_total', help: 'Orders placed.' });
  const changes = createCounter(registry, {
    name: 'order_status_changes_total',
    help: 'Changes of the status of an order; `reason` says why it was cancelled.',
    labelNames: ['from', 'to', 'reason'],
  });
  const refunds = createCounter(registry, {
    name: 'order_refunds_total',
    help: 'Refunds of orders that have come to be `pending`, `succeeded` or `failed`; those that fail need an operator.',
    labelNames: ['status'],
  });
  // What begins at 1 has not increased, and nobody is alerted.
  for (const status of refundStatuses) refunds.inc({ status }, 0);
  const readCounts = createCountReader(orders.countOpen, 'orders could not be counted', logger);
  const readDisputes = createCountReader(disputes.countOpen, 'disputes could not be counted', logger);
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
  const disputed = createGauge(registry, {
    name: 'disputes_open',
    help: 'Disputes of payments that are not closed, the same at every instance; absent like orders_open.',
    labelNames: ['status'],
    collect: async () => {
      const counts = await readDisputes();
      disputed.reset();
      if (!counts) return;
      for (const status of new Set([...openDisputes, ...counts.keys()]))
        disputed.set({ status }, counts.get(status) ?? 0);
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
    /** Once it is committed. */
    refundChanged: (status: RefundStatus) => refunds.inc({ status }),
  };
}

export type OrderMetrics = ReturnType<typeof createOrderMetrics>;

function createCountReader<Counts>(count: () => Promise<Counts>, failed: string, logger: Logger) {
  const read = () =>
    count().catch((error: unknown) => {
      logger.warn({ err: error }, failed);
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
