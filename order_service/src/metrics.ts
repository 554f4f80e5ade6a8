import { type CancelReason, type OrderStatus, orderStatuses } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import { Counter, Gauge, type Registry } from 'prom-client';

/** What the service counts beside its requests. */
export interface OrderMetrics {
  /** Once it is committed. */
  orderCreated(): void;
  /** Once it is committed. */
  statusChanged(change: StatusChange): void;
}

export interface StatusChange {
  readonly from: OrderStatus;
  readonly to: OrderStatus;
  readonly reason: CancelReason | undefined;
}

export interface OrderMetricsOptions {
  readonly registry: Registry;
  readonly countByStatus: () => Promise<ReadonlyMap<OrderStatus, number>>;
  readonly countStreams: () => number;
  readonly logger: Logger;
}

/** However often it is scraped, the database is asked no more often than this. */
const keepCountsMs = 10_000;

export function createOrderMetrics(options: OrderMetricsOptions): OrderMetrics {
  const { registry, countStreams } = options;
  const registers = [registry];
  const created = new Counter({ name: 'orders_created_total', help: 'Orders placed.', registers });
  const changes = new Counter({
    name: 'order_status_changes_total',
    help: 'Changes of the status of an order; `reason` says why it was cancelled.',
    labelNames: ['from', 'to', 'reason'] as const,
    registers,
  });
  const readCounts = createCountReader(options);
  new Gauge({
    name: 'orders_by_status',
    help: 'Orders in the database, the same at every instance; absent while it is away.',
    labelNames: ['status'] as const,
    registers,
    async collect() {
      const counts = await readCounts();
      this.reset();
      if (counts === undefined) return;
      for (const status of orderStatuses) this.set({ status }, counts.get(status) ?? 0);
    },
  });
  new Gauge({
    name: 'order_streams',
    help: 'Live streams that this instance serves.',
    registers,
    collect() {
      this.set(countStreams());
    },
  });
  return {
    orderCreated: () => created.inc(),
    statusChanged: ({ from, to, reason }) => changes.inc({ from, to, reason: reason ?? 'none' }),
  };
}

type Counts = ReadonlyMap<OrderStatus, number> | undefined;

function createCountReader({ countByStatus, logger }: OrderMetricsOptions): () => Promise<Counts> {
  let counts: Promise<Counts> = Promise.resolve(undefined);
  let askedAt = Number.NEGATIVE_INFINITY;
  return () => {
    const now = performance.now();
    if (now - askedAt < keepCountsMs) return counts;
    askedAt = now;
    counts = countByStatus().catch((error: unknown) => {
      logger.warn({ err: error }, 'orders could not be counted');
      return undefined;
    });
    return counts;
  };
}
