import type { RequestHandler } from 'express';
import type pg from 'pg';
import {
  Counter,
  type CounterConfiguration,
  collectDefaultMetrics,
  Gauge,
  type GaugeConfiguration,
  Histogram,
  type HistogramConfiguration,
  Registry,
} from 'prom-client';
import { droppedLines, type Logger } from './logger.ts';
import { routeOf } from './tracing/route.ts';

export type { Counter, Gauge, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** The service whose metrics these are: the label `service` of each. */
  readonly service: string;
  /** The service's own registry: several services may share a process. */
  readonly registry: Registry;
  /** Measures every request; must come before the routes. */
  readonly observeRequests: RequestHandler;
}

/** Prometheus metrics of one service, with the usual names and labels; Node's own are among them. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  return { service, registry, observeRequests: createRequestObserver(registry) };
}

function createRequestObserver(registry: Registry): RequestHandler {
  const labelNames = ['method', 'route', 'status_code'] as const;
  const requests = createCounter(registry, {
    name: 'http_requests_total',
    help: 'HTTP requests answered.',
    labelNames,
  });
  const duration = createHistogram(registry, {
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its reply.',
    labelNames,
    buckets: requestSeconds,
  });
  return (req, res, next) => {
    const startedAt = performance.now();
    res.once('finish', () => {
      const labels = { method: req.method, route: routeOf(req), status_code: String(res.statusCode) };
      requests.inc(labels);
      duration.observe(labels, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
}

/** Buckets for what a user waits for, in seconds. */
export const requestSeconds = [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10];

type Of<C> = Omit<C, 'registers'>;

/** A counter of that name in the registry: a new one, or the one that is there. */
export function createCounter<L extends string>(registry: Registry, options: Of<CounterConfiguration<L>>) {
  const known = registry.getSingleMetric(options.name) as Counter<L> | undefined;
  return known ?? new Counter({ ...options, registers: [registry] });
}

/**
 * A gauge of that name in the registry: a new one, or the one that is there. What `collect` sets is read on each
 * scrape; it must be cheap, and must not reject.
 */
export function createGauge<L extends string>(registry: Registry, options: Of<GaugeConfiguration<L>>) {
  const known = registry.getSingleMetric(options.name) as Gauge<L> | undefined;
  return known ?? new Gauge({ ...options, registers: [registry] });
}

/** A histogram of that name in the registry: a new one, or the one that is there. */
export function createHistogram<L extends string>(
  registry: Registry,
  options: Of<HistogramConfiguration<L>>,
) {
  const known = registry.getSingleMetric(options.name) as Histogram<L> | undefined;
  return known ?? new Histogram({ ...options, registers: [registry] });
}

/** Shows what was lost of a service's log, for the log itself cannot. */
export function observeLog({ registry }: Metrics, logger: Logger): void {
  const dropped = createCounter(registry, {
    name: 'log_lines_dropped_total',
    help: 'Lines of the log that could not be written.',
    collect: () => {
      dropped.reset();
      dropped.inc(droppedLines(logger));
    },
  });
}

/** Shows the service's connection pool; `createPool` does so when it is given the metrics. */
export function observePool({ registry }: Metrics, pool: pg.Pool): void {
  const connections = createGauge(registry, {
    name: 'db_pool_connections',
    help: 'Database connections that are idle and used, and requests that wait for one.',
    labelNames: ['state'],
    collect: () => {
      const { idleCount, totalCount, waitingCount } = pool;
      connections.set({ state: 'idle' }, idleCount);
      connections.set({ state: 'used' }, totalCount - idleCount);
      connections.set({ state: 'waiting' }, waitingCount);
    },
  });
  const max = createGauge(registry, {
    name: 'db_pool_connections_max',
    help: 'Database connections that there may be, idle and used together.',
  });
  max.set(pool.options.max);
}
