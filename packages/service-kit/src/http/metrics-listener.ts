import express from 'express';
import type { Logger } from '../logger.ts';
import type { Metrics } from '../metrics.ts';
import { problemHandler, routeNotFound } from '../problems/problem-handler.ts';
import { createHttpServer, type HttpServer } from './server.ts';

/** Where a service tells its metrics if METRICS_PORT does not say it: ten thousand above its own port, or else below. */
export function metricsPortOf(port: number): number {
  if (port === 0) return 0;
  return port + 10_000 <= 65_535 ? port + 10_000 : port - 10_000;
}

/** `GET /metrics` on a port of its own, which no proxy forwards: it tells how much is sold. */
export function createMetricsListener(options: {
  readonly metrics: Metrics;
  readonly logger: Logger;
  readonly port: number;
  readonly host: string;
}): HttpServer {
  const { metrics, logger, port, host } = options;
  const app = express().disable('x-powered-by');
  app.get('/metrics', async (_req, res) => {
    res.set('Cache-Control', 'no-store').type(metrics.registry.contentType);
    res.send(await metrics.registry.metrics());
  });
  app.use(routeNotFound, problemHandler(logger));
  return createHttpServer({ app, port, host });
}
