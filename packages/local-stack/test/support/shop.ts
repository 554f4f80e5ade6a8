import { randomUUID } from 'node:crypto';
import { mkdtemp, rm } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import type { Finding, Report } from '@shop/doctor';
import { freePort } from '@shop/postgres-server';
import { createLogger, metricsPortOf } from '@shop/service-kit';
import { createStackDatabase } from '../../src/database.ts';
import {
  checkThisShop,
  createStack,
  readStackSettings,
  type Stack,
  type StackOptions,
} from '../../src/index.ts';
import { keepSecrets } from '../../src/secrets.ts';
import { type Customers, createCustomers } from './customers.ts';
import { createLedger, type Ledger } from './ledger.ts';

export interface TestShop extends Customers {
  readonly stack: Stack;
  readonly ledger: Ledger;
  readonly dataDir: string;
  /** What another process needs to find this shop. */
  readonly environment: Readonly<Record<string, string>>;
  /** Of the role that may only read. */
  readonly doctorUrl: string;
  /** What the doctor says of all that is over for so many seconds. */
  report(settleSeconds?: number): Promise<Report>;
  findings(settleSeconds?: number): Promise<readonly Finding[]>;
  /** What Prometheus would read. */
  metrics(service: 'user' | 'catalog' | 'order' | 'payment'): Promise<string>;
  close(): Promise<void>;
}

/** PostgreSQL's settings: no machine crashes in these tests, so nothing has to reach a disk. */
export const throwawayPostgres = { fsync: 'off', synchronous_commit: 'off', full_page_writes: 'off' };

/** Settings of a stack on free ports, with its data in a folder of its own. */
export async function stackEnvironment(): Promise<Record<string, string>> {
  const names = [
    'STOREFRONT_PORT',
    'USER_SERVICE_PORT',
    'CATALOG_SERVICE_PORT',
    'ORDER_SERVICE_PORT',
    'PAYMENT_SERVICE_PORT',
    'FAKE_STRIPE_PORT',
    'FAKE_MAIL_PORT',
    'FAKE_MAIL_SMTP_PORT',
    'POSTGRES_PORT',
  ];
  const ports = await Promise.all(names.map(() => freePort()));
  return {
    ...Object.fromEntries(names.map((name, index) => [name, String(ports[index])])),
    SHOP_DATA_DIR: await mkdtemp(join(tmpdir(), `shop-${randomUUID().slice(0, 4)}-`)),
    BCRYPT_ROUNDS: '4',
    // A few customers stand for many.
    MAX_OPEN_ORDERS: '0',
    MAX_HELD_PIECES: '0',
    // All customers of a test have one address.
    LIMIT_CLIENTS: 'false',
    PAYMENTS_PER_USER: '100000/1m',
  };
}

/** The whole shop in this process, as `pnpm start` boots it. */
export async function openShop(
  options: { environment?: Record<string, string> } & Pick<StackOptions, 'tamper' | 'observerOf'> & {
      logTo?: { write(line: string): void };
    } = {},
): Promise<TestShop> {
  const environment = { ...(await stackEnvironment()), ...options.environment };
  const settings = readStackSettings(environment, tmpdir());
  const { logTo } = options;
  const loggerOf = (name: string) =>
    createLogger({ name, level: logTo ? 'trace' : 'silent', ...(logTo && { destination: logTo }) });
  const stack = createStack({
    settings,
    environment,
    loggerOf,
    postgresSettings: throwawayPostgres,
    tamper: options.tamper,
    observerOf: options.observerOf,
  });
  await stack.start();
  const ledger = createLedger(stack.databaseUrl, () => stack.fakeStripe);
  const report = (settleSeconds = 0) => checkThisShop(environment, tmpdir(), { settleSeconds });
  return {
    ...createCustomers(stack.urls),
    stack,
    ledger,
    dataDir: settings.dataDir,
    environment,
    doctorUrl: createStackDatabase(settings, await keepSecrets(settings.dataDir)).doctorUrl,
    report,
    findings: async (settleSeconds) => (await report(settleSeconds)).findings,
    metrics: async (service) => (await fetch(metricsUrlOf(stack.urls[service]))).text(),
    close: async () => {
      await ledger.close();
      await stack.stop();
      await rm(settings.dataDir, { recursive: true, force: true });
    },
  };
}

/** Where a service tells its metrics. */
export function metricsUrlOf(url: string): URL {
  const metrics = new URL('/metrics', url);
  metrics.port = String(metricsPortOf(Number(metrics.port)));
  return metrics;
}

/** The connection URLs of a stack that runs as another process. */
export async function databaseUrlOf(environment: Record<string, string>): Promise<Stack['databaseUrl']> {
  const settings = readStackSettings(environment, tmpdir());
  return createStackDatabase(settings, await keepSecrets(settings.dataDir)).ownerUrl;
}
