import { createHttpApp, createMetrics, type HttpAppOptions } from '@shop/service-kit';
import { Router } from 'express';
import { recordLog } from './log-lines.ts';

/** An app with the routes that `define` adds, and the log that it writes. */
export function createTestApp(
  define: (router: Router) => void = () => {},
  options: Partial<HttpAppOptions> = {},
) {
  const log = recordLog();
  const router = Router();
  define(router);
  const metrics = createMetrics('test_service');
  const app = createHttpApp({
    logger: log.logger,
    metrics,
    health: { required: {}, draining: () => false },
    routes: [router],
    ...options,
  });
  return { app, log, metrics };
}
