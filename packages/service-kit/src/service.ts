import { ConfigError, type Environment } from './config.ts';
import { createLogger, type Logger } from './logger.ts';

/** A service as its composition root returns it: wired, not started. */
export interface Service {
  /** Opens what it needs, takes up its work, listens. Closes everything again when any of it fails. */
  start(): Promise<{ readonly port: number }>;
  /** Stops taking work, finishes what it has, closes everything. Harmless when called twice or before `start`. */
  stop(): Promise<void>;
}

export interface RunOptions<C> {
  readonly name: string;
  readonly readConfig: (environment: Environment) => C;
  readonly createService: (config: C, logger: Logger) => Service;
}

/** Past this a shutdown is hanging, and the process ends without it. */
const shutdownLimitMs = 25_000;

/**
 * Runs one service as this process: settings from the environment, start, and an orderly stop on SIGTERM or SIGINT.
 * Exit code 0 after an orderly stop, 1 when start or stop fails or a promise is left unhandled, 2 for wrong settings.
 */
export async function runService<C>(host: NodeJS.Process, options: RunOptions<C>): Promise<void> {
  const { name, readConfig, createService } = options;
  const logger = createLogger({ name, level: host.env['LOG_LEVEL'] ?? 'info' });
  let service: Service | undefined;
  let stopping = false;
  const stop = async (why: string, code: number) => {
    if (stopping) return;
    stopping = true;
    logger.info({ why }, 'stopping');
    setTimeout(() => host.exit(1), shutdownLimitMs).unref();
    try {
      await service?.stop();
      host.exit(code);
    } catch (error) {
      logger.fatal({ err: error }, 'could not stop');
      host.exit(1);
    }
  };
  host.on('SIGTERM', () => void stop('SIGTERM', 0));
  host.on('SIGINT', () => void stop('SIGINT', 0));
  host.on('unhandledRejection', (error) => {
    logger.fatal({ err: error }, 'unhandled rejection');
    void stop('unhandled rejection', 1);
  });
  try {
    service = createService(readConfig(host.env), logger);
    const { port } = await service.start();
    logger.info({ port }, 'listening');
  } catch (error) {
    if (error instanceof ConfigError) host.stderr.write(`${name}: ${error.message}\n`);
    else logger.fatal({ err: error }, 'could not start');
    await stop('start failed', error instanceof ConfigError ? 2 : 1);
  }
}
