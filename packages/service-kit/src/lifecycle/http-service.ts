import type { Express } from 'express';
import { createHttpApp, type HttpAppOptions } from '../http/app.ts';
import type { HealthChecks } from '../http/health.ts';
import { createHttpServer, type HttpServerOptions } from '../http/server.ts';
import type { Service } from './run-service.ts';
import { createShutdownHooks, type ShutdownHooks } from './shutdown-hooks.ts';

export interface HttpServiceOptions extends Omit<HttpAppOptions, 'health' | 'corsOrigins' | 'trustProxy'> {
  readonly config: Pick<HttpAppOptions, 'corsOrigins' | 'trustProxy'> &
    Pick<HttpServerOptions, 'port' | 'host'>;
  readonly health: Omit<HealthChecks, 'draining'>;
  /**
   * Opens what the service needs, before it listens. What it opens it adds to `closeLater`, and that is closed in reverse
   * order: when the service stops, and when anything after it fails to open.
   */
  readonly open: (closeLater: ShutdownHooks['add']) => Promise<unknown>;
  /** Runs first when the service stops, for replies that have no end of their own. */
  readonly endStreams?: () => unknown;
}

/**
 * The life of a service once: opens in order, listens; when it stops it says so in `/readyz`, ends its streams, lets
 * requests finish, and closes everything in reverse order.
 */
export function createHttpService(options: HttpServiceOptions): Service & { readonly app: Express } {
  const { config, health, open, endStreams = () => {}, ...appOptions } = options;
  const shutdownHooks = createShutdownHooks(options.logger);
  let draining = false;
  const app = createHttpApp({ ...appOptions, ...config, health: { ...health, draining: () => draining } });
  const server = createHttpServer({ app, port: config.port, host: config.host });

  const stop = async () => {
    draining = true;
    await shutdownHooks.runAll();
  };

  const start = async () => {
    try {
      await open(shutdownHooks.add);
      shutdownHooks.add('HTTP server', server.stop);
      shutdownHooks.add('streams', endStreams);
      return { port: await server.start() };
    } catch (error) {
      await stop();
      throw error;
    }
  };

  return { app, start, stop };
}
