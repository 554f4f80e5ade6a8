import type { RequestHandler } from 'express';
import { Counter, collectDefaultMetrics, Histogram, Registry } from 'prom-client';

export interface Metrics {
  /** The service's own registry: several services may share a process. */
  readonly registry: Registry;
  /** Measures every request; must come before the routes. */
  readonly observeRequests: RequestHandler;
}

/** Prometheus metrics of one service, with the usual names and labels. */
export function createMetrics(service: string): Metrics {
  const registry = new Registry();
  registry.setDefaultLabels({ service });
  collectDefaultMetrics({ register: registry });
  const labelNames = ['method', 'route', 'status_code'] as const;
  const requests = new Counter({
    name: 'http_requests_total',
    help: 'HTTP requests answered.',
    labelNames,
    registers: [registry],
  });
  const duration = new Histogram({
    name: 'http_request_duration_seconds',
    help: 'Time from the arrival of a request to the end of its reply.',
    labelNames,
    buckets: [0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
    registers: [registry],
  });
  const observeRequests: RequestHandler = (req, res, next) => {
    const startedAt = performance.now();
    res.once('finish', () => {
      // The route's pattern, never the path: labels must not grow with the number of orders. The part that a
      // router is mounted at comes as the caller wrote it, in any mixture of cases.
      const route =
        typeof req.route?.path === 'string' ? `${req.baseUrl.toLowerCase()}${req.route.path}` : 'none';
      const labels = { method: req.method, route, status_code: String(res.statusCode) };
      requests.inc(labels);
      duration.observe(labels, (performance.now() - startedAt) / 1_000);
    });
    next();
  };
  return { registry, observeRequests };
}
