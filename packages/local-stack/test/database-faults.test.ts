import { execFileSync } from 'node:child_process';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { waitFor } from '@shop/testing';
import { createStackDatabase } from '../src/database.ts';
import { readStackSettings } from '../src/index.ts';
import { keepSecrets } from '../src/secrets.ts';
import type { Customer } from './support/customers.ts';
import { openShop, stackEnvironment, type TestShop, throwawayPostgres } from './support/shop.ts';

const services = ['user', 'catalog', 'order'] as const;
const environment = await stackEnvironment();
let shop: TestShop;
let admin: Customer;
let customer: Customer;
let productId: number;

beforeAll(async () => {
  shop = await openShop({ environment });
  [admin, customer, productId] = [await shop.admin(), await shop.customer(), await shop.product(100_000)];
});
afterAll(() => shop.close());

/** Reads, writes and transactions in every service with a database, until told to stop; what fails is expected. */
function putUnderLoad() {
  const ended = new AbortController();
  const again = async (request: () => Promise<unknown>) => {
    while (!ended.signal.aborted) await Promise.all([request().catch(() => {}), delay(5)]);
  };
  const rename = async () => {
    const name = `Test piece ${performance.now()}`;
    await fetch(`${shop.stack.urls.catalog}/products/${productId}`, {
      method: 'PATCH',
      headers: { 'content-type': 'application/json', authorization: admin.authorization },
      body: JSON.stringify({ name }),
    });
  };
  const addToCart = () =>
    fetch(`${shop.stack.urls.order}/cart`, {
      method: 'POST',
      headers: { 'content-type': 'application/json', authorization: customer.authorization },
      body: JSON.stringify({ productId, qty: 1 }),
    });
  const logIn = () =>
    fetch(`${shop.stack.urls.storefront}/api/login`, {
      method: 'POST',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify({ email: customer.email, password: 'wrong-password' }),
    });
  const work = [...Array.from({ length: 10 }, () => again(rename)), ...[addToCart, logIn].map(again)];
  return async () => {
    ended.abort();
    await Promise.all(work);
  };
}

async function postmaster(): Promise<number> {
  const [pid] = (await readFile(join(shop.dataDir, 'postgres', 'postmaster.pid'), 'utf8')).split('\n');
  return Number(pid);
}

async function restart(signal: 'SIGINT' | 'SIGQUIT') {
  const settings = readStackSettings(environment, tmpdir());
  // PostgreSQL's own: SIGINT is a fast shutdown, SIGQUIT an immediate one.
  process.kill(await postmaster(), signal);
  await createStackDatabase(settings, await keepSecrets(settings.dataDir), throwawayPostgres).start();
}

async function serves() {
  const products = await fetch(`${shop.stack.urls.catalog}/products/${productId}`);
  const cart = await fetch(`${shop.stack.urls.order}/cart`, {
    headers: { authorization: customer.authorization },
  });
  return products.ok && cart.ok;
}

/** Of each service, what its pool says of itself. */
async function pools() {
  return Promise.all(
    services.map(async (service) => {
      const body = await shop.metrics(service);
      const count = (state: string) =>
        Number(
          new RegExp(`^db_pool_connections\\{[^}]*state="${state}"[^}]*\\} (\\d+)`, 'm').exec(body)?.[1],
        );
      return { service, used: count('used'), waiting: count('waiting') };
    }),
  );
}

/** One connection of catalog and of order is their relay's. */
const whole = [
  { service: 'user', used: 0, waiting: 0 },
  { service: 'catalog', used: 1, waiting: 0 },
  { service: 'order', used: 1, waiting: 0 },
];

async function expectWhole() {
  await waitFor(serves, { timeoutMs: 10_000, what: 'every service to serve' });
  await waitFor(async () => JSON.stringify(await pools()) === JSON.stringify(whole), {
    timeoutMs: 10_000,
    what: 'every pool to be whole',
  }).catch(async () => expect(await pools()).toEqual(whole));
  const orderNumber = await customer.order(productId);
  await customer.reaches(orderNumber, 'processing');
}

it('serves with whole pools after thirty restarts of PostgreSQL under load', async () => {
  const stopLoad = putUnderLoad();
  for (let count = 0; count < 30; count++) {
    await restart(count % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
    await waitFor(serves, { timeoutMs: 10_000, what: `every service to serve after restart ${count + 1}` });
  }
  await stopLoad();
  await expectWhole();
}, 120_000);

it('serves with whole pools after all its connections were killed forty times under load', async () => {
  const stopLoad = putUnderLoad();
  for (let count = 0; count < 40; count++) {
    await shop.ledger.killConnections();
    await delay(20);
  }
  await stopLoad();
  await expectWhole();
}, 60_000);

it('answers within three seconds while PostgreSQL is frozen, and serves again after it', async () => {
  const orderNumber = await customer.order(productId);
  const { catalog, order, user } = shop.stack.urls;
  const headers = { 'content-type': 'application/json', authorization: customer.authorization };
  const asAdmin = { ...headers, authorization: admin.authorization };
  const credentials = JSON.stringify({ email: customer.email, password: 'a-password' });
  const requests: readonly (readonly [string, RequestInit])[] = [
    [`${user}/login`, { method: 'POST', headers, body: credentials }],
    [`${catalog}/products/${productId}`, {}],
    [`${catalog}/products?search=piece`, {}],
    [`${catalog}/products/${productId}`, { method: 'PATCH', headers: asAdmin, body: '{"price":5}' }],
    [`${order}/cart`, { headers }],
    [`${order}/orders/${orderNumber}`, { headers }],
    [`${order}/orders`, { method: 'POST', headers, body: '{}' }],
    [`${order}/orders/${orderNumber}/cancel`, { method: 'POST', headers }],
  ];
  const pid = await postmaster();
  const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const each of [pid, ...children]) process.kill(Number(each), name);
  };
  signal('SIGSTOP');
  try {
    const outcomes = requests.map(async ([url, init]) => {
      const startedAt = performance.now();
      const { status } = await fetch(url, init);
      return { url, method: init.method, status, inTime: performance.now() - startedAt < 3_500 };
    });
    expect(await Promise.all(outcomes)).toEqual(
      requests.map(([url, { method }]) => ({ url, method, status: 503, inTime: true })),
    );
  } finally {
    signal('SIGCONT');
  }
  await expectWhole();
}, 60_000);
