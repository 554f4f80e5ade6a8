import { execFileSync } from 'node:child_process';
import { readFile, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { createFakeStripe, type FakeStripe } from '@shop/fake-stripe';
import { startTcpProxy, type TcpProxy, waitFor } from '@shop/testing';
import type { KafkaBroker } from '@shop/testing/engines';
import pg from 'pg';
import { createStackDatabase } from '../../src/database.ts';
import { checkThisShop, readStackSettings } from '../../src/index.ts';
import { keepSecrets } from '../../src/secrets.ts';
import { type Customers, createCustomers } from '../support/customers.ts';
import { createLedger, type Ledger } from '../support/ledger.ts';
import { stackEnvironment } from '../support/shop.ts';
import { signal } from './signals.ts';

/** A shop whose services run as processes, with a handle on everything that it depends on. */
export interface World extends Customers {
  readonly bus: 'in-process' | 'Kafka';
  readonly ledger: Ledger;
  readonly stripe: FakeStripe;
  /** Between payment_service and Stripe. */
  readonly stripeNetwork: TcpProxy;
  /** Between catalog_service and Elasticsearch, if there is one. */
  readonly searchNetwork?: TcpProxy | undefined;
  /** If it is ours to break. */
  readonly broker?: KafkaBroker | undefined;
  /** Of the services now, by name; in-process all of them are one. */
  processes(): readonly Running[];
  /** Kills processes in one moment, and resolves when the shop serves again. @param meanwhile before they are started */
  kill(pids: readonly number[], meanwhile?: () => Promise<unknown>): Promise<void>;
  /** Every process of PostgreSQL, its first one first. */
  postgres(): Promise<readonly number[]>;
  startPostgres(): Promise<void>;
  asSuperuser<T>(work: (client: pg.Client) => Promise<T>): Promise<T>;
  untilOpen(): Promise<void>;
  /** What the doctor finds wrong, and how much is under way. */
  examine(): Promise<{ readonly wrong: readonly string[]; readonly underWay: number }>;
  close(): Promise<void>;
}

export interface Running {
  readonly name: string;
  readonly pid: number;
}

/** How the services of a world are run. */
export interface Services {
  start(environment: Record<string, string>): Promise<void>;
  processes(): readonly Running[];
  /** After some were killed. */
  revive(): Promise<void>;
  stop(): Promise<void>;
}

/** Windows that are over within a run; Stripe's network is broken here, so the offline one is not the stack's own. */
const settings = {
  PAYMENT_WINDOW_MS: '20000',
  PAYMENT_CHECK_MS: '3000',
  SWEEP_MS: '1000',
  STRIPE_SECRET_KEY: 'sk_test_offline',
  STRIPE_PUBLISHABLE_KEY: 'pk_test_offline',
  STRIPE_WEBHOOK_SECRET: 'whsec_faults',
};

export async function openWorld(
  services: Services,
  engines: Pick<World, 'bus' | 'broker' | 'searchNetwork'> & {
    readonly environment?: Record<string, string>;
  },
): Promise<World> {
  const { bus, broker, searchNetwork } = engines;
  const ports = await stackEnvironment();
  const at = (name: string) => `http://127.0.0.1:${ports[`${name}_PORT`]}`;
  const stripe = createFakeStripe({
    webhooks: [{ url: `${at('PAYMENT_SERVICE')}/webhooks/stripe`, secret: settings.STRIPE_WEBHOOK_SECRET }],
    retryDelaysMs: { first: 200, cap: 2_000 },
  });
  const { url: stripeUrl } = await stripe.start();
  const stripeNetwork = await startTcpProxy(stripeUrl);
  const environment = {
    ...process.env,
    ...ports,
    ...settings,
    ...engines.environment,
    STRIPE_API_URL: stripeNetwork.url,
    ...(searchNetwork && { ELASTICSEARCH_URL: searchNetwork.url }),
  } as Record<string, string>;
  const stack = readStackSettings(environment, tmpdir());
  const secrets = await keepSecrets(stack.dataDir);
  const database = createStackDatabase(stack, secrets);
  const ledger = createLedger(database.ownerUrl, () => stripe);
  const parts = ['STOREFRONT', 'USER_SERVICE', 'CATALOG_SERVICE', 'ORDER_SERVICE', 'PAYMENT_SERVICE'];
  const untilOpen = async () => {
    const isReady = async (name: string) => {
      const reply = await fetch(`${at(name)}/readyz`, { signal: AbortSignal.timeout(3_000) });
      await reply.arrayBuffer();
      return reply.ok;
    };
    const allReady = async () => (await Promise.all(parts.map(isReady))).every(Boolean);
    await waitFor(allReady, { timeoutMs: 60_000, what: 'every service to be ready' });
  };
  await services.start(environment);
  await untilOpen();
  return {
    ...createCustomers({ storefront: at('STOREFRONT'), stripe: stripeUrl }),
    bus,
    broker,
    searchNetwork,
    ledger,
    stripe,
    stripeNetwork,
    processes: services.processes,
    kill: async (pids, meanwhile) => {
      signal(pids, 'SIGKILL');
      await meanwhile?.();
      await services.revive();
      const areBack = () => services.processes().every(({ pid }) => !pids.includes(pid));
      await waitFor(areBack, { timeoutMs: 30_000, what: 'the killed processes to be started again' });
      await untilOpen();
    },
    postgres: async () => {
      const file = await readFile(join(stack.dataDir, 'postgres', 'postmaster.pid'), 'utf8');
      const pid = Number.parseInt(file, 10);
      const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' });
      return [pid, ...children.trim().split('\n').map(Number)];
    },
    startPostgres: database.start,
    asSuperuser: (work) => asSuperuser(stack.ports.postgresPort, secrets.postgresPassword, work),
    untilOpen,
    examine: async () => {
      const { findings, underWay } = await checkThisShop(environment, tmpdir(), { settleSeconds: 0 });
      return {
        wrong: findings.map(({ fault, orderNumber, what }) => `${fault} ${orderNumber ?? ''}: ${what}`),
        underWay: Object.values(underWay).reduce((sum, count) => sum + count, 0),
      };
    },
    close: async () => {
      await ledger.close();
      await services.stop();
      await stripe.stop();
      await Promise.all([stripeNetwork.close(), searchNetwork?.close()]);
      await rm(stack.dataDir, { recursive: true, force: true });
    },
  };
}

async function asSuperuser<T>(
  port: number,
  password: string,
  work: (client: pg.Client) => Promise<T>,
): Promise<T> {
  const client = new pg.Client({
    host: '127.0.0.1',
    port,
    password,
    user: 'postgres',
    database: 'shop',
    application_name: 'faults',
  });
  // PostgreSQL may be killed meanwhile.
  client.on('error', () => {});
  await client.connect();
  try {
    return await work(client);
  } finally {
    await client.end();
  }
}
