import { execFileSync } from 'node:child_process';
import { randomUUID } from 'node:crypto';
import { readFile } from 'node:fs/promises';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { setTimeout as delay } from 'node:timers/promises';
import { databaseUrl } from '@shop/postgres-server';
import { withClient } from '@shop/service-kit';
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

it('serves with whole pools after five restarts of PostgreSQL under load', async () => {
  const stopLoad = putUnderLoad();
  for (let count = 0; count < 5; count++) {
    await restart(count % 2 === 0 ? 'SIGINT' : 'SIGQUIT');
    await waitFor(serves, { timeoutMs: 10_000, what: `every service to serve after restart ${count + 1}` });
  }
  await stopLoad();
  await expectWhole();
}, 120_000);

it('serves with whole pools after all its connections were killed eight times under load', async () => {
  const stopLoad = putUnderLoad();
  for (let count = 0; count < 8; count++) {
    await shop.ledger.killConnections();
    await delay(20);
  }
  await stopLoad();
  await expectWhole();
}, 60_000);

type Request = readonly [url: string, init: RequestInit];

/** Of every service with a database: what reads, and what writes. */
async function everyRequest(): Promise<{ reads: readonly Request[]; writes: readonly Request[] }> {
  const orderNumber = await customer.order(productId);
  await customer.reaches(orderNumber, 'processing');
  const { body: line } = await customer.call('POST', '/cart', { productId, qty: 1 });
  const { catalog, order, user } = shop.stack.urls;
  const headers = { 'content-type': 'application/json', authorization: customer.authorization };
  const asAdmin = { ...headers, authorization: admin.authorization };
  const send = (method: string, body: unknown, more = {}) => ({
    method,
    headers: { ...headers, ...more },
    body: JSON.stringify(body),
  });
  const account = { username: 'New', email: `${randomUUID()}@shop.test`, password: 'a-good-password' };
  const product = { name: 'New', description: 'New.', price: 100, stock: 1 };
  return {
    reads: [
      [`${user}/login`, send('POST', { email: customer.email, password: 'a-password' })],
      [`${catalog}/products`, {}],
      [`${catalog}/products/${productId}`, {}],
      [`${catalog}/products?search=piece`, {}],
      [`${catalog}/products/suggest?q=pie`, {}],
      [`${catalog}/products/stock`, send('POST', { ids: [productId] })],
      [`${order}/cart`, { headers }],
      [`${order}/orders`, { headers }],
      [`${order}/orders/${orderNumber}`, { headers }],
      [`${order}/orders/${orderNumber}/checkout`, { headers }],
    ],
    writes: [
      [`${user}/register`, send('POST', account)],
      [`${catalog}/products`, send('POST', product, asAdmin)],
      [`${catalog}/products/${productId}`, send('PATCH', { price: 5 }, asAdmin)],
      [`${catalog}/products/${productId}`, { method: 'DELETE', headers: asAdmin }],
      [`${order}/cart`, send('POST', { productId, qty: 1 })],
      [`${order}/cart/${line.id}`, send('PATCH', { qty: 2 })],
      [`${order}/cart/${line.id}`, { method: 'DELETE', headers }],
      [`${order}/orders`, send('POST', {})],
      [`${order}/orders`, send('POST', {}, { 'idempotency-key': randomUUID() })],
      [`${order}/orders/${orderNumber}/cancel`, { method: 'POST', headers }],
    ],
  };
}

async function expectUnavailable(requests: readonly Request[]) {
  const outcomes = requests.map(async ([url, init]) => {
    const startedAt = performance.now();
    const { status, headers } = await fetch(url, init);
    const inTime = performance.now() - startedAt < 3_000;
    return { url, method: init.method, status, retryAfter: headers.has('retry-after'), inTime };
  });
  expect(await Promise.all(outcomes)).toEqual(
    requests.map(([url, { method }]) => ({ url, method, status: 503, retryAfter: true, inTime: true })),
  );
}

const readiness = () =>
  Promise.all(services.map(async (name) => (await fetch(`${shop.stack.urls[name]}/readyz`)).status));

async function asSuperuser(...statements: readonly string[]) {
  const { postgresPassword } = await keepSecrets(shop.dataDir);
  const url = databaseUrl(shop.stack.databaseUrl('orders'), {
    database: 'shop',
    role: 'postgres',
    password: postgresPassword,
  });
  await withClient({ connectionString: url }, async (client) => {
    for (const statement of ['SET default_transaction_read_only = off', ...statements])
      await client.query(statement);
  });
}

it('answers writes 503 and is not ready while its database is read-only, and goes on after it', async () => {
  const { reads, writes } = await everyRequest();
  await asSuperuser('ALTER DATABASE shop SET default_transaction_read_only = on');
  await shop.ledger.killConnections();
  try {
    await waitFor(async () => (await readiness()).every((status) => status === 503), {
      what: 'no service to be ready',
    });
    await expectUnavailable(writes);
    for (const [url, init] of reads.slice(1)) expect((await fetch(url, init)).status).toBe(200);
  } finally {
    await asSuperuser('ALTER DATABASE shop RESET default_transaction_read_only');
    await shop.ledger.killConnections();
  }
  await expectWhole();
  expect(await readiness()).toEqual([200, 200, 200]);
}, 60_000);

it.each(['53100', '53200', '58030'])(
  'answers writes 503 while PostgreSQL refuses them with %s, and goes on after it',
  async (code) => {
    const { writes } = await everyRequest();
    const tables = ['users.users', 'catalog.products', 'orders.cart_lines', 'orders.orders'];
    await asSuperuser(
      `CREATE FUNCTION public.refuse() RETURNS trigger LANGUAGE plpgsql AS
       $$ BEGIN RAISE 'no space left on device' USING ERRCODE = '${code}'; END $$`,
      ...tables.map(
        (table) =>
          `CREATE TRIGGER refuse BEFORE INSERT OR UPDATE OR DELETE ON ${table} EXECUTE FUNCTION public.refuse()`,
      ),
    );
    await expectUnavailable(writes).finally(() => asSuperuser('DROP FUNCTION public.refuse() CASCADE'));
    await expectWhole();
  },
  60_000,
);

it('answers within three seconds while PostgreSQL is stopped, and serves again after it', async () => {
  const { reads, writes } = await everyRequest();
  const settings = readStackSettings(environment, tmpdir());
  const database = createStackDatabase(settings, await keepSecrets(settings.dataDir), throwawayPostgres);
  await database.stop();
  await expectUnavailable([...reads, ...writes]).finally(database.start);
  await expectWhole();
}, 60_000);

it('answers within three seconds while PostgreSQL is frozen, and serves again after it', async () => {
  const { reads, writes } = await everyRequest();
  const pid = await postmaster();
  const children = execFileSync('pgrep', ['-P', String(pid)], { encoding: 'utf8' })
    .trim()
    .split('\n');
  const signal = (name: 'SIGSTOP' | 'SIGCONT') => {
    for (const each of [pid, ...children]) process.kill(Number(each), name);
  };
  signal('SIGSTOP');
  await expectUnavailable([...reads, ...writes]).finally(() => signal('SIGCONT'));
  await expectWhole();
}, 60_000);
