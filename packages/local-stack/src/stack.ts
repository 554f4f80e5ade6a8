import { mkdir } from 'node:fs/promises';
import { Writable } from 'node:stream';
import { consumerGroups } from '@shop/contracts';
import type { FakeStripe } from '@shop/fake-stripe';
import {
  createDeadLetterStore,
  createInProcessBus,
  deadLetterTable,
  type EventBus,
  type InProcessBusOptions,
} from '@shop/messaging';
import {
  ConfigError,
  createPool,
  createShutdownHooks,
  type Environment,
  type Logger,
} from '@shop/service-kit';
import { createStackDatabase, type Schema, type StackDatabase } from './database.ts';
import { createEnvironments, serviceUrls } from './environments.ts';
import { requireFreePorts } from './ports.ts';
import { createProcesses, type ServiceProcess } from './processes.ts';
import { forgetData } from './reset.ts';
import { keepSecrets } from './secrets.ts';
import { createServices, type NamedService } from './services.ts';
import type { StackSettings, StripeAccount } from './settings.ts';
import { createOfflineStripe } from './stripe.ts';

export interface StackOptions {
  readonly settings: StackSettings;
  readonly environment: Environment;
  /** The logger of each part, by its name. */
  readonly loggerOf: (name: string) => Logger;
  /** For tests: PostgreSQL's settings. */
  readonly postgresSettings?: Readonly<Record<string, string>> | undefined;
  /** Begin with empty data. */
  readonly reset?: boolean;
  /** Is told of each step as it begins; what it returns is called when the step is done. */
  readonly progress?: (step: string) => () => void;
  /** Gets what services in processes of their own log. */
  readonly output?: NodeJS.WritableStream;
  /** For tests: see {@link InProcessBusOptions}. */
  readonly tamper?: InProcessBusOptions['tamper'];
}

export interface Stack {
  /** Boots everything; when a step fails, what was started is stopped again. */
  start(): Promise<void>;
  stop(): Promise<void>;
  readonly urls: ReturnType<typeof serviceUrls>;
  /** After start: a service's connection URL, to look at its data. */
  databaseUrl(schema: Schema): string;
  /** After start, in processes of their own: which runs where. */
  readonly processes: readonly { readonly name: string; readonly pid: number | undefined }[];
  /** After start, unless a real Stripe account is used. */
  readonly fakeStripe: FakeStripe | undefined;
}

type Started = Pick<ServiceProcess, 'name' | 'stop'> & {
  start(): Promise<unknown>;
  readonly pid?: number | undefined;
};

const inProcess = (services: readonly NamedService[]): readonly Started[] =>
  services.map(({ name, service }) => ({ name, start: service.start, stop: service.stop }));

const nowhere = () => new Writable({ write: (_chunk, _encoding, done) => done() });

/**
 * The whole shop: PostgreSQL, an offline Stripe, the four services and the gateway. All in this process, or, with a
 * Kafka to carry their events, each service in a process of its own.
 */
export function createStack(options: StackOptions): Stack {
  const { settings, environment, loggerOf, progress = () => () => {}, reset, tamper } = options;
  const logger = loggerOf('local-stack');
  const { host, ports, dataDir } = settings;
  const shutdownHooks = createShutdownHooks(logger);
  let database: StackDatabase | undefined;
  let fakeStripe: FakeStripe | undefined;
  let started: readonly Started[] = [];

  async function step<T>(name: string, work: () => Promise<T>): Promise<T> {
    const done = progress(name);
    const result = await work();
    done();
    return result;
  }

  async function startDatabase(started: StackDatabase): Promise<void> {
    shutdownHooks.add('PostgreSQL', started.stop);
    await started.start();
  }

  async function startStripe(secrets: Awaited<ReturnType<typeof keepSecrets>>): Promise<StripeAccount> {
    if (settings.stripe !== undefined) return settings.stripe;
    const { server, account } = createOfflineStripe(settings, secrets, loggerOf('fake-stripe'));
    fakeStripe = server;
    shutdownHooks.add('fake-stripe', server.stop);
    await server.start(ports.stripe, host);
    return account;
  }

  async function openBus(url: string): Promise<EventBus> {
    const pool = createPool({ url, name: 'dead letters', schema: 'messaging', logger, max: 2 });
    shutdownHooks.add('dead letters', () => pool.end());
    await pool.query(deadLetterTable);
    const deadLetters = createDeadLetterStore(pool);
    const bus = createInProcessBus({
      groups: consumerGroups,
      deadLetters,
      logger,
      ...(tamper && { tamper }),
    });
    shutdownHooks.add('event bus', bus.close);
    return bus;
  }

  async function startServices(services: readonly Started[]): Promise<void> {
    // They stop side by side: each waits for its own requests and events.
    shutdownHooks.add('services', () => Promise.all(services.map((service) => service.stop())));
    for (const service of services) await step(service.name, () => service.start());
    started = services;
  }

  async function start(): Promise<void> {
    await mkdir(dataDir, { recursive: true });
    await requireFreePorts(host, ports, ['storefront', 'user', 'catalog', 'order', 'payment', 'stripe']);
    if (reset) await forgetEverything(settings);
    const secrets = await keepSecrets(dataDir);
    const db = createStackDatabase(settings, secrets, options.postgresSettings);
    database = db;
    await step('PostgreSQL', () => startDatabase(db));
    await step('migrations', db.migrate);
    const stripe = await step('Stripe', () => startStripe(secrets));
    const environments = createEnvironments({ settings, secrets, database: db, stripe, environment });
    if (settings.kafka) {
      const { instances } = settings;
      await startServices(
        createProcesses({ environments, instances, output: options.output ?? nowhere(), logger }),
      );
    } else {
      const bus = await openBus(db.url('messaging'));
      // Without Kafka nobody would tell the search engine of changes.
      const catalog = { ...environments.catalog_service, ELASTICSEARCH_URL: undefined };
      const inHere = { ...environments, catalog_service: catalog };
      await startServices(inProcess(createServices(inHere, bus, loggerOf)));
    }
  }

  return {
    start: async () => {
      try {
        await start();
      } catch (error) {
        await shutdownHooks.runAll();
        throw error;
      }
    },
    stop: shutdownHooks.runAll,
    urls: serviceUrls(host, ports),
    databaseUrl: (schema) => {
      if (database === undefined) throw new Error('The stack has not been started.');
      return database.url(schema);
    },
    get processes() {
      return started.map(({ name, pid }) => ({ name, pid }));
    },
    get fakeStripe() {
      return fakeStripe;
    },
  };
}

async function forgetEverything(settings: StackSettings): Promise<void> {
  if (settings.databaseUrl !== undefined)
    throw new ConfigError(['--reset must not be used with DATABASE_URL: drop that database yourself']);
  // A killed process may have left its PostgreSQL running on the data.
  await createStackDatabase(settings, await keepSecrets(settings.dataDir)).stop();
  await forgetData(settings.dataDir);
}
