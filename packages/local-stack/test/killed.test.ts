import type { ChildProcess } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { existsSync } from 'node:fs';
import { mkdir, rm, symlink } from 'node:fs/promises';
import { join } from 'node:path';
import { waitFor } from '@shop/testing';
import { type Customer, createCustomers } from './support/customers.ts';
import { createLedger } from './support/ledger.ts';
import { databaseUrlOf, metricsUrlOf, stackEnvironment } from './support/shop.ts';
import { startShopProcess, stopShopProcess } from './support/shop-process.ts';

let environment: Record<string, string>;
let running: ChildProcess | undefined;

const start = (until?: string) =>
  startShopProcess(environment, {
    until,
    onSpawn: (child) => {
      running = child;
    },
  });

beforeAll(async () => {
  environment = await stackEnvironment();
});
afterEach(async () => {
  if (running?.exitCode === null && running.signalCode === null) await stopShopProcess(running, 'SIGTERM');
});
afterAll(async () => {
  await rm(environment['SHOP_DATA_DIR'] ?? '', { recursive: true, force: true });
});

it('finishes every order it had answered for when it is killed in the middle of 200', async () => {
  const first = await start();
  const at = (name: string) => `http://127.0.0.1:${environment[name]}`;
  const shop = createCustomers({ storefront: at('STOREFRONT_PORT'), stripe: at('FAKE_STRIPE_PORT') });
  const productId = await shop.product(1_000);
  const customers = await Promise.all(Array.from({ length: 20 }, () => shop.customer()));

  const answered = new Map<string, Customer>();
  const orders = customers.map(async (customer) => {
    for (let count = 0; count < 10; count++) {
      answered.set(await customer.order(productId, 1), customer);
      if (answered.size === 100) first.kill('SIGKILL');
    }
  });
  await Promise.allSettled(orders);
  if (first.exitCode === null && first.signalCode === null) await once(first, 'exit');
  expect(first.signalCode).toBe('SIGKILL');
  expect(answered.size).toBeGreaterThanOrEqual(100);
  expect(answered.size).toBeLessThan(200);

  const second = await start();
  for (const [orderNumber, customer] of answered) await customer.reaches(orderNumber, 'processing');
  for (const [orderNumber, customer] of [...answered].slice(0, 20)) await customer.pay(orderNumber);
  for (const [orderNumber, customer] of [...answered].slice(0, 20))
    await customer.reaches(orderNumber, 'completed');

  const ledger = createLedger(await databaseUrlOf(environment), () => undefined);
  await ledger.quiet();
  expect(await ledger.contradictions()).toEqual([]);
  const [{ count } = {}] = await ledger.sql('orders', 'SELECT count(*)::int FROM orders');
  expect(await shop.stockOf(productId)).toBe(1_000 - Number(count));
  await ledger.close();
  expect(await stopShopProcess(second, 'SIGTERM')).toBe(0);
}, 90_000);

const textOf = async (url: string) => (await fetch(url)).text();

describe('Ctrl-C', () => {
  const at = (name: string) => `http://127.0.0.1:${environment[name]}`;
  const dataDir = () => environment['SHOP_DATA_DIR'] ?? '';
  const expectNoPostgres = () => {
    expect(existsSync(join(dataDir(), 'postgres', 'PG_VERSION'))).toBe(true);
    expect(existsSync(join(dataDir(), 'postgres', 'postmaster.pid'))).toBe(false);
  };

  it('with sixty registrations in flight answers them all, and leaves no PostgreSQL behind', async () => {
    environment['BCRYPT_ROUNDS'] = '12';
    const shop = await start();
    const register = async () => {
      const account = { username: 'New', email: `${randomUUID()}@shop.test`, password: 'a-good-password' };
      const reply = await fetch(`${at('STOREFRONT_PORT')}/api/register`, {
        method: 'POST',
        headers: { 'content-type': 'application/json' },
        body: JSON.stringify(account),
      });
      return reply.status;
    };
    // Their connections are open: one that the gateway has not accepted when it stops is reset by the system.
    const connect = () => textOf(`${at('STOREFRONT_PORT')}/api/.well-known/jwks.json`);
    await Promise.all(Array.from({ length: 60 }, connect));
    const replies = Array.from({ length: 60 }, register);
    const queue = async () =>
      (await textOf(metricsUrlOf(at('USER_SERVICE_PORT')).href)).match(/^password_queue_length\S* [1-9]/m);
    await waitFor(queue, { what: 'passwords to wait' });
    expect(await stopShopProcess(shop, 'SIGINT')).toBe(0);
    expectNoPostgres();
    const statuses = await Promise.all(replies);
    // 504 from the gateway, when a slow machine takes longer for one than the 3 s that it waits.
    expect(statuses.filter((status) => ![201, 503, 504].includes(status))).toEqual([]);
    expect(statuses).toContain(503);
  }, 60_000);

  it.each(['PostgreSQL', 'migrations', 'catalog_service'])(
    'while it starts, after %s, leaves no PostgreSQL behind',
    async (step) => {
      expect(await stopShopProcess(await start(`✓ ${step}`), 'SIGINT')).toBe(0);
      expectNoPostgres();
    },
    60_000,
  );

  it('ends the shop in order after its log had no space', async () => {
    const log = join(dataDir(), 'shop.log');
    await rm(log, { force: true });
    await rm(`${log}.1`, { force: true });
    await symlink('/dev/full', log);
    // What would be moved there stays.
    await mkdir(join(`${log}.1`, 'kept'), { recursive: true });
    const shop = await start();
    for (let count = 0; count < 20; count++) {
      expect((await fetch(`${at('STOREFRONT_PORT')}/api/products`)).status).toBe(200);
    }
    const metrics = await fetch(metricsUrlOf(at('STOREFRONT_PORT')));
    expect(await metrics.text()).toMatch(/^log_lines_dropped_total\S* [1-9]/m);
    expect(await stopShopProcess(shop, 'SIGINT')).toBe(0);
    expectNoPostgres();
  }, 60_000);
});
