import { mkdir } from 'node:fs/promises';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { consumerGroups } from '@shop/contracts';
import { createFakeMail, type FakeMail } from '@shop/fake-mail';
import { createFakeStripe, type FakeStripe } from '@shop/fake-stripe';
import {
  createDeadLetterStore,
  createInProcessBus,
  type EventBus,
  type InProcessBusOptions,
} from '@shop/messaging';
import { freePort } from '@shop/postgres-server';
import {
  createPool,
  createShutdownHooks,
  type Environment,
  type HttpAppOptions,
  type Logger,
} from '@shop/service-kit';
import { createStackDatabase, type StackDatabase } from './database.ts';
import {
  createEnvironments,
  offlineAccount,
  type ServiceName,
  serviceNames,
  serviceUrls,
} from './environments.ts';
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
  readonly output?: { write(text: string): unknown };
  /** For tests: see {@link InProcessBusOptions}. */
  readonly tamper?: InProcessBusOptions['tamper'];
  /** For tests: what sees every request to a service first; in this process only. */
  readonly observerOf?: ((name: ServiceName) => HttpAppOptions['observer']) | undefined;
}

export type Stack = ReturnType<typeof createStack>;

const gatewayStopMs = 1_000;
const stopMs = 4_000;

const within = (milliseconds: number, work: Promise<unknown> | undefined) =>
  Promise.race([work, delay(milliseconds, undefined, { ref: false })]);

/** Of instances beside the first, which others have to know before they start. */
async function choosePorts({ kafka, instances }: StackSettings) {
  const chosen: Record<string, readonly number[]> = {};
  for (const name of serviceNames) {
    const more = kafka ? Math.max(0, instances[name] - 1) : 0;
    chosen[name] = await Promise.all(Array.from({ length: more }, () => freePort()));
  }
  return chosen as Record<ServiceName, readonly number[]>;
}

/**
 * The whole shop: PostgreSQL, an offline Stripe, the four services and the gateway. All in this process, or, with a
 * Kafka to carry their events, each service in a process of its own.
 */
export function createStack(options: StackOptions) {
  const { settings, environment, loggerOf, step: showStep = (_name, work) => work() } = options;
  const logger = loggerOf('local-stack');
  const { host, ports, dataDir } = settings;
  const urls = serviceUrls(host, ports);
  const shutdownHooks = createShutdownHooks(logger);
  let database: StackDatabase | undefined;
  let fakeStripe: FakeStripe | undefined;
  let fakeMail: FakeMail | undefined;
  let started: readonly RunningService[] = [];
  let starting: Promise<void> | undefined;
  let stopping = false;

  const step: NonNullable<StackOptions['step']> = async (name, work) => {
    if (stopping) throw new Error('The shop was stopped while it started.');
    return showStep(name, work);
  };

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

  async function startMail(): Promise<void> {
    const { fakeMailPort, fakeMailSmtpPort } = ports;
    fakeMail = createFakeMail();
    shutdownHooks.add('fake-mail', fakeMail.stop);
    await fakeMail.start({ port: fakeMailPort, smtpPort: fakeMailSmtpPort, host });
  }

  async function openBus(url: string): Promise<EventBus> {
    const pool = createPool({ url, name: 'dead letters', schema: 'messaging', logger, max: 2 });
    shutdownHooks.add('dead letters', () => pool.end());
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
    const others = services.filter(({ name }) => name !== 'storefront');
    const gateway = services.find(({ name }) => name === 'storefront');
    let gatewayStops: Promise<void> | undefined;
    // They stop side by side: each waits for its own requests and events.
    shutdownHooks.add('services', () => Promise.all([gatewayStops, ...others.map(({ stop }) => stop())]));
    // What the gateway has accepted needs them; what takes long (many passwords) they cut short when they stop.
    shutdownHooks.add('storefront', () => {
      gatewayStops = gateway?.stop();
      return within(gatewayStopMs, gatewayStops);
    });
    for (const service of services) await step(service.name, () => service.start());
    started = services;
  }

  async function start(): Promise<void> {
    await mkdir(dataDir, { recursive: true });
    const { postgresPort: _, fakeMailPort, fakeMailSmtpPort, ...others } = ports;
    const mail = settings.ownMail ? {} : { fakeMailPort, fakeMailSmtpPort };
    await requireFreePorts(host, { ...others, ...mail });
    if (options.reset) await forgetData(settings);
    const secrets = await keepSecrets(dataDir);
    const db = createStackDatabase(settings, secrets, options.postgresSettings);
    database = db;
    await step('PostgreSQL', db.start);
    await step('migrations', db.migrate);
    const stripe = await step('Stripe', () => startStripe(secrets));
    if (!settings.ownMail) await step('mail', startMail);
    const morePorts = await choosePorts(settings);
    const environments = createEnvironments({
      settings,
      secrets,
      database: db,
      stripe,
      environment,
      morePorts,
    });
    if (settings.kafka) {
      const { output = { write: () => {} } } = options;
      await startServices(createProcesses({ environments, morePorts, output, logger }));
    } else {
      const bus = await openBus(db.url('messaging'));
      await startServices(createServices(environments, bus, loggerOf, options.observerOf));
    }
  }

  async function stopAll(): Promise<void> {
    stopping = true;
    await within(stopMs, Promise.resolve(starting?.catch(() => {})).then(shutdownHooks.runAll));
    await database?.stop();
  }

  let stopped: Promise<void> | undefined;
  const stop = () => {
    stopped ??= stopAll();
    return stopped;
  };

  return {
    /** Boots everything; when a step fails, what was started is stopped again. */
    start: async () => {
      try {
        starting = start();
        await starting;
      } catch (error) {
        await stop();
        throw error;
      }
    },
    /**
     * Stops everything, also in the middle of a start: the gateway, the services, and, whatever becomes of those within
     * four seconds, PostgreSQL.
     */
    stop,
    urls,
    /** After start: the connection URL of a schema's owner, to look at its data. */
    databaseUrl: (schema: Schema) => {
      if (database === undefined) throw new Error('The stack has not been started.');
      return database.ownerUrl(schema);
    },
    /** After start, in processes of their own: which runs where. */
    get processes() {
      return started.map(({ name, pid, url }) => ({ name, pid, url }));
    },
    /** After start, unless a real Stripe account is used. */
    get fakeStripe() {
      return fakeStripe;
    },
    /** After start, unless a real mail server is used. */
    get fakeMail() {
      return fakeMail;
    },
  };
}
