import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { PassThrough } from 'node:stream';
import { consumerGroups } from '@shop/contracts';
import { createFakeStripe, type FakeStripe } from '@shop/fake-stripe';
import {
  createDeadLetterStore,
  createInProcessBus,
  deadLetterTable,
  type EventBus,
  type InProcessBusOptions,
} from '@shop/messaging';
import { createPool, createShutdownHooks, type Environment, type Logger } from '@shop/service-kit';
import { createStackDatabase, type StackDatabase } from './database.ts';
import { createEnvironments, offlineAccount, serviceUrls } from './environments.ts';
import { requireFreePorts } from './ports.ts';
import { createProcesses, type RunningService } from './processes.ts';
import { forgetData } from './reset.ts';
import { keepSecrets, type Secrets } from './secrets.ts';
import { createServices } from './services.ts';
import type { StackSettings, StripeAccount } from './settings.ts';
import type { Schema } from './shop-database.ts';

export interface StackOptions {
  readonly settings: StackSettings;
  readonly environment: Environment;
  /** The logger of each part, by its name. */
  readonly loggerOf: (name: string) => Logger;
  /** For tests: PostgreSQL's settings. */
  readonly postgresSettings?: Readonly<Record<string, string>> | undefined;
  /** Begin with empty data. */
  readonly reset?: boolean;
  /** Runs each step, and may show how it goes. */
  readonly step?: <T>(name: string, work: () => Promise<T>) => Promise<T>;
  /** Gets what services in processes of their own log. */
  readonly output?: NodeJS.WritableStream;
  /** For tests: see {@link InProcessBusOptions}. */
  readonly tamper?: InProcessBusOptions['tamper'];
}

export type Stack = ReturnType<typeof createStack>;

/**
 * The whole shop: PostgreSQL, an offline Stripe, the four services and the gateway. All in this process, or, with a
 * Kafka to carry their events, each service in a process of its own.
 */
export function createStack(options: StackOptions) {
  const { settings, environment, loggerOf, step = (_name, work) => work() } = options;
  const logger = loggerOf('local-stack');
  const { host, ports, dataDir } = settings;
  const urls = serviceUrls(host, ports);
  const shutdownHooks = createShutdownHooks(logger);
  let database: StackDatabase | undefined;
  let fakeStripe: FakeStripe | undefined;
  let started: readonly RunningService[] = [];

  async function startStripe(secrets: Secrets): Promise<StripeAccount> {
    if (settings.stripe !== undefined) return settings.stripe;
    const { webhookSecret } = secrets;
    fakeStripe = createFakeStripe({
      dataFile: join(dataDir, 'fake-stripe.jsonl'),
      webhooks: [{ url: `${urls.payment}/webhooks/stripe`, secret: webhookSecret }],
      log: (message) => loggerOf('fake-stripe').info(message),
    });
    shutdownHooks.add('fake-stripe', fakeStripe.stop);
    await fakeStripe.start(ports.fakeStripePort, host);
    return { ...offlineAccount(urls.stripe), stripeWebhookSecret: webhookSecret };
  }

  async function openBus(url: string): Promise<EventBus> {
    const pool = createPool({ url, name: 'dead letters', schema: 'messaging', logger, max: 2 });
    shutdownHooks.add('dead letters', () => pool.end());
    await pool.query(deadLetterTable);
    const deadLetters = createDeadLetterStore(pool);
    const { tamper } = options;
    const bus = createInProcessBus({
      groups: consumerGroups,
      deadLetters,
      logger,
      ...(tamper && { tamper }),
    });
    shutdownHooks.add('event bus', bus.close);
    return bus;
  }

  async function startServices(services: readonly RunningService[]): Promise<void> {
    // They stop side by side: each waits for its own requests and events.
    shutdownHooks.add('services', () => Promise.all(services.map((service) => service.stop())));
    for (const service of services) await step(service.name, () => service.start());
    started = services;
  }

  async function start(): Promise<void> {
    await mkdir(dataDir, { recursive: true });
    const { postgresPort: _, ...others } = ports;
    await requireFreePorts(host, others);
    if (options.reset) await forgetData(settings);
    const secrets = await keepSecrets(dataDir);
    const db = createStackDatabase(settings, secrets, options.postgresSettings);
    database = db;
    shutdownHooks.add('PostgreSQL', db.stop);
    await step('PostgreSQL', db.start);
    await step('migrations', db.migrate);
    const stripe = await step('Stripe', () => startStripe(secrets));
    const environments = createEnvironments({ settings, secrets, database: db, stripe, environment });
    if (settings.kafka) {
      const { instances } = settings;
      const { output = new PassThrough().resume() } = options;
      await startServices(createProcesses({ environments, instances, output, logger }));
    } else {
      const bus = await openBus(db.url('messaging'));
      await startServices(createServices(environments, bus, loggerOf));
    }
  }

  return {
    /** Boots everything; when a step fails, what was started is stopped again. */
    start: async () => {
      try {
        await start();
      } catch (error) {
        await shutdownHooks.runAll();
        throw error;
      }
    },
    stop: shutdownHooks.runAll,
    urls,
    /** After start: a service's connection URL, to look at its data. */
    databaseUrl: (schema: Schema) => {
      if (database === undefined) throw new Error('The stack has not been started.');
      return database.url(schema);
    },
    /** After start, in processes of their own: which runs where. */
    get processes() {
      return started.map(({ name, pid }) => ({ name, pid }));
    },
    /** After start, unless a real Stripe account is used. */
    get fakeStripe() {
      return fakeStripe;
    },
  };
}
