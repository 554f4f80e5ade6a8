import { setTimeout as delay } from 'node:timers/promises';
import type { Express } from 'express';
import type { AuditTrail } from '../audit/audit-trail.ts';
import { createHttpApp, type HttpAppOptions } from '../http/app.ts';
import type { HealthChecks } from '../http/health.ts';
import { createMetricsListener, metricsPortOf } from '../http/metrics-listener.ts';
import { createHttpServer, type HttpServerOptions } from '../http/server.ts';
import { observeLog } from '../metrics.ts';
import type { Service } from './run-service.ts';
import { createShutdownHooks, type ShutdownHooks } from './shutdown-hooks.ts';

export interface HttpServiceOptions
  extends Omit<HttpAppOptions, 'health' | 'corsOrigins' | 'trustProxy' | 'watch'> {
  readonly config: Pick<HttpAppOptions, 'corsOrigins' | 'trustProxy'> &
    Pick<HttpServerOptions, 'port' | 'host' | 'connectionsPerAddress'> & {
      /** Where its metrics are; {@link metricsPortOf} its port by default. */
      readonly metricsPort?: number | 'off' | undefined;
      /** How long it goes on taking requests once it has said that it stops. */
      readonly shutdownPauseMs: number;
    };
  readonly health: Omit<HealthChecks, 'draining'>;
  readonly audit?: AuditTrail | undefined;
  /**
   * Opens what the service needs, before it listens. What it opens it adds to `closeLater`, and that is closed in reverse
   * order: when the service stops, and when anything after it fails to open.
   */
  readonly open: (closeLater: ShutdownHooks['add']) => Promise<unknown>;
  /** Runs when the service takes no more requests, for replies that have no end of their own, or a late one. */
  readonly endWaiting?: () => unknown;
}

/**
 * The life of a service once: opens in order, listens; when it stops it says so in `/readyz` and in every reply, serves
 * on for `shutdownPauseMs`, in which those who send it requests learn that, ends what would wait, lets requests finish,
 * and closes everything in reverse order.
 */
export function createHttpService(options: HttpServiceOptions): Service & { readonly app: Express } {
  const { config, health, audit, open, endWaiting = () => {}, ...appOptions } = options;
  observeLog(options.metrics, options.logger);
  const shutdownHooks = createShutdownHooks(options.logger);
  let draining = false;
  const app = createHttpApp({
    ...appOptions,
    ...config,
    watch: audit?.watch,
    health: { ...health, draining: () => draining },
  });
  const { port, host, connectionsPerAddress } = config;
  const server = createHttpServer({
    app,
    port,
    host,
    ...(connectionsPerAddress && { connectionsPerAddress }),
  });
  const metricsListener =
    config.metricsPort === 'off'
      ? undefined
      : createMetricsListener({ ...options, port: config.metricsPort ?? metricsPortOf(port), host });

  let listening = false;
  const stop = async () => {
    draining = true;
    server.drain();
    if (listening) await delay(config.shutdownPauseMs);
    listening = false;
    await shutdownHooks.runAll();
  };

  const start = async () => {
    try {
      // Closed last: a stop can be watched to its end.
      if (metricsListener !== undefined) shutdownHooks.add('metrics listener', metricsListener.stop);
      const metricsPort = await metricsListener?.start();
      await open(shutdownHooks.add);
      audit?.start(shutdownHooks.add);
      shutdownHooks.add('HTTP server', server.stop);
      shutdownHooks.add('what waits', endWaiting);
      const port = await server.start();
      listening = true;
      return { port, metricsPort };
    } catch (error) {
      await stop();
      throw error;
    }
  };

  return { app, start, stop };
}
