import { type ChildProcess, spawn } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { createWriteStream } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createLogger } from '@shop/service-kit';
import { startTcpProxy, waitFor } from '@shop/testing';
import { canStartKafkaBroker, startKafkaBroker } from '@shop/testing/engines';
import { createStack, readStackSettings, type Stack } from '../../src/index.ts';
import { openWorld, type Services, type World } from './world.ts';

const main = fileURLToPath(new URL('../../dist/main.js', import.meta.url));

/** `pnpm start`: everything but PostgreSQL and Stripe in one process. */
export function openInProcessWorld(): Promise<World> {
  let environment: Record<string, string> = {};
  let child: ChildProcess | undefined;

  async function start(): Promise<void> {
    const started = spawn(process.execPath, [main], { env: environment, stdio: ['ignore', 'pipe', 'pipe'] });
    child = started;
    let output = '';
    for (const stream of [started.stdout, started.stderr])
      stream.on('data', (chunk) => {
        output += chunk;
      });
    const isOpen = () => output.includes('The shop is open');
    await waitFor(() => isOpen() || hasEnded(started), { timeoutMs: 60_000, what: 'the shop to open' });
    if (!isOpen()) throw new Error(`The shop ended: ${output}`);
  }

  const services: Services = {
    start: async (given) => {
      environment = given;
      await start();
    },
    processes: () => [{ name: 'the shop', pid: child?.pid ?? 0 }],
    revive: async () => {
      if (child !== undefined && !hasEnded(child)) await once(child, 'exit');
      await start();
    },
    stop: async () => {
      if (child === undefined || hasEnded(child)) return;
      const ended = once(child, 'exit');
      child.kill('SIGTERM');
      await ended;
    },
  };
  // Named for the other world.
  const none = { KAFKA_BROKERS: '', ELASTICSEARCH_URL: '' };
  return openWorld(services, { bus: 'in-process', environment: none });
}

const hasEnded = ({ exitCode, signalCode }: ChildProcess) => exitCode !== null || signalCode !== null;

/** Whether a Kafka is named, or a program or a container can be one. */
export const hasKafka = () => Boolean(process.env['KAFKA_BROKERS']) || canStartKafkaBroker();

/** A process for each service, and two of those that consume; search by Elasticsearch, where one is named. */
export async function openKafkaWorld(): Promise<World> {
  const { KAFKA_BROKERS: brokers = '', ELASTICSEARCH_URL: searchUrl } = process.env;
  const broker = canStartKafkaBroker() ? await startKafkaBroker() : undefined;
  const searchNetwork = searchUrl ? await startTcpProxy(searchUrl) : undefined;
  const prefix = `faults-${randomUUID().slice(0, 8)}-`;
  let stack: Stack | undefined;
  const services: Services = {
    start: async (environment) => {
      const settings = readStackSettings(environment, tmpdir());
      const output = createWriteStream(join(settings.dataDir, 'shop.log'));
      const loggerOf = (name: string) => createLogger({ name, level: 'warn', destination: output });
      // Commits are not lost in a crash, as in production.
      const postgresSettings = {};
      stack = createStack({ settings, environment, loggerOf, postgresSettings, output });
      await stack.start();
    },
    processes: () => (stack?.processes ?? []).map(({ name, pid = 0 }) => ({ name, pid })),
    // The stack does it.
    revive: async () => {},
    stop: async () => {
      await stack?.stop();
      await broker?.stop();
    },
  };
  return openWorld(services, {
    bus: 'Kafka',
    broker,
    searchNetwork,
    environment: {
      KAFKA_BROKERS: broker?.address ?? brokers,
      KAFKA_PREFIX: prefix,
      ELASTICSEARCH_INDEX: `${prefix}products`,
      // The least that brokers allow: what waits for it after a kill is time in which nothing breaks.
      KAFKA_SESSION_TIMEOUT_MS: '6000',
      CATALOG_INSTANCES: '2',
      ORDER_INSTANCES: '2',
    },
  });
}
