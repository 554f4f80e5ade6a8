import { ConfigError, type Environment, readSettings, readTogether } from '../config/settings.ts';
import { shutdownSettings } from '../config/shared-settings.ts';
import { createLogger, type Logger, logLevel } from '../logger.ts';
import { startTracing } from '../tracing/tracing.ts';
import { type Dependencies, waitForDependencies } from './dependencies.ts';

/** A service as its composition root returns it: wired, not started. */
export interface Service {
  /** Opens what it needs, starts its work, listens. Closes everything again when any of it fails. */
  start(): Promise<{ readonly port: number; readonly metricsPort?: number | undefined }>;
  /** Stops taking work, finishes what it has, closes everything. Harmless when called twice or before `start`. */
  stop(): Promise<void>;
}

export interface RunOptions<C> {
  readonly name: string;
  readonly readConfig: (environment: Environment) => C;
  /** @param fail ends the process: for what the service cannot repair while it runs. */
  readonly createService: (config: C, logger: Logger, fail: (error: Error) => void) => Service;
  /** What the service needs to start; each is asked until it answers. */
  readonly dependencies?: (config: C) => Dependencies;
}

/** Past this, after its pause, a shutdown is hanging, and the process ends without it. */
const shutdownLimitMs = 25_000;

/**
 * Runs one service as this process: settings from the environment, start, and an orderly stop on SIGTERM or SIGINT.
 * Exit code 0 after an orderly stop, 1 when start or stop fails or a promise is left unhandled, 2 for wrong settings.
 */
export async function runService<C>(host: NodeJS.Process, options: RunOptions<C>): Promise<void> {
  const { name, readConfig, createService, dependencies } = options;
  let logger: Logger | undefined;
  let service: Service | undefined;
  let stopping = false;
  let stopTracing = async () => {};
  let pauseMs = 0;
  const stop = async (why: string, code: number) => {
    if (stopping) return;
    stopping = true;
    logger?.info({ why }, 'stopping');
    setTimeout(() => host.exit(1), pauseMs + shutdownLimitMs).unref();
    try {
      await service?.stop();
      await stopTracing();
      host.exit(code);
    } catch (error) {
      logger?.fatal({ err: error }, 'could not stop');
      host.exit(1);
    }
  };
  host.on('SIGTERM', () => void stop('SIGTERM', 0));
  host.on('SIGINT', () => void stop('SIGINT', 0));
  // Started by a supervisor that has gone (`kill -9`): nobody would ever stop this process.
  host.on('disconnect', () => void stop('the parent process has gone', 0));
  host.on('unhandledRejection', (error) => {
    logger?.fatal({ err: error }, 'unhandled rejection');
    void stop('unhandled rejection', 1);
  });
  try {
    const { config, own } = readTogether(host.env, { config: readConfig, own: readOwn });
    pauseMs = own.shutdownPauseMs;
    logger = createLogger({ name, level: own.logLevel });
    await waitForDependencies(dependencies?.(config) ?? {}, logger);
    stopTracing = await startTracing(host.env, name);
    service = createService(config, logger, (error) => {
      logger?.fatal({ err: error }, 'cannot go on');
      void stop('cannot go on', 1);
    });
    if (stopping) return;
    const { port, metricsPort } = await service.start();
    logger.info({ port, metricsPort }, 'listening');
  } catch (error) {
    if (error instanceof ConfigError) host.stderr.write(`${name}: ${error.message}\n`);
    else (logger ?? createLogger({ name })).fatal({ err: error }, 'could not start');
    await stop('start failed', error instanceof ConfigError ? 2 : 1);
  }
}

const readOwn = (environment: Environment) =>
  readSettings(environment, { ...shutdownSettings, logLevel: logLevel({ default: 'info' }) });
