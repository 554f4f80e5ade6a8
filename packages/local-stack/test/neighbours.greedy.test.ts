import { type ChildProcess, spawn } from 'node:child_process';
import { once } from 'node:events';
import { rm } from 'node:fs/promises';
import { Agent, type IncomingMessage, request } from 'node:http';
import { createRequire } from 'node:module';
import { setTimeout as delay } from 'node:timers/promises';
import { createCustomers } from './support/customers.ts';
import { stackEnvironment } from './support/shop.ts';
import { startShopProcess, stopShopProcess } from './support/shop-process.ts';

/** How much longer the slowest of a hundred requests of another customer may take than on a quiet day. */
const mostTimesSlower = 3;
const rounds = 4;
const roundMs = 3_000;
const pauseMs = 5;

let environment: Record<string, string>;
let shop: ChildProcess;
let url: string;
let productId: number;
/** Of the customer who only looks around, and of the greedy one. */
let tokens: readonly string[];

beforeAll(async () => {
  // Behind a proxy, so that each client can have an address of its own on this machine.
  environment = {
    ...(await stackEnvironment()),
    LIMIT_CLIENTS: 'true',
    BCRYPT_ROUNDS: '10',
    TRUST_PROXY: '1',
  };
  shop = await startShopProcess(environment);
  url = `http://127.0.0.1:${environment['STOREFRONT_PORT']}`;
  const shopOf = createCustomers({
    storefront: url,
    stripe: `http://127.0.0.1:${environment['FAKE_STRIPE_PORT']}`,
  });
  productId = await shopOf.product(1_000_000);
  tokens = [await guest(), await guest()];
}, 60_000);
afterAll(async () => {
  if (shop !== undefined) await stopShopProcess(shop, 'SIGTERM');
  await rm(environment['SHOP_DATA_DIR'] ?? '', { recursive: true, force: true });
}, 60_000);

async function guest(): Promise<string> {
  const reply = await fetch(`${url}/api/guest`, { method: 'POST' });
  return ((await reply.json()) as { token: string }).token;
}

interface Greed {
  readonly path: string;
  /** Of autocannon. */
  readonly options?: readonly string[];
}

const post = (body: object) => [
  '-m',
  'POST',
  '-H',
  'content-type=application/json',
  '-b',
  JSON.stringify(body),
];

/** What one client does with all its might. */
const greed: Readonly<Record<string, () => Greed>> = {
  'reads products': () => ({ path: `products/${productId}` }),
  'opens a connection for each request': () => ({ path: `products/${productId}`, options: ['-D', '1'] }),
  'sends ten requests at once on each connection': () => ({
    path: `products/${productId}`,
    options: ['-p', '10'],
  }),
  searches: () => ({ path: 'products?search=mug' }),
  'fills a cart': () => ({
    path: 'cart',
    options: [...post({ productId, qty: 1 }), '-H', `authorization=Bearer ${tokens[1]}`],
  }),
  'guesses passwords': () => ({
    path: 'login',
    options: post({ email: 'admin@shop.test', password: 'wrong-password' }),
  }),
};

const agent = new Agent({ keepAlive: true, maxSockets: 1 });

function get(path: string): Promise<void> {
  const headers = { authorization: `Bearer ${tokens[0]}`, 'x-forwarded-for': '198.51.100.7' };
  return new Promise((resolve, reject) => {
    const asked = request(`${url}${path}`, { agent, headers }, (reply: IncomingMessage) => {
      reply.resume().once('end', () => {
        if (reply.statusCode === 200) resolve();
        else reject(new Error(`${path} was answered ${reply.statusCode}`));
      });
    });
    asked.once('error', reject).end();
  });
}

/** What a customer who looks around waits for the slowest of a hundred replies. */
async function p99Ms(): Promise<number> {
  const paths = [`/api/products/${productId}`, '/api/products?limit=20', '/api/cart'];
  const took: number[] = [];
  const begun = performance.now();
  while (performance.now() - begun < roundMs) {
    const start = performance.now();
    await get(paths[took.length % paths.length] ?? '/');
    took.push(performance.now() - start);
    // Nobody clicks faster.
    await delay(pauseMs);
  }
  took.sort((a, b) => a - b);
  return took[Math.floor(took.length * 0.99)] ?? 0;
}

const autocannon = createRequire(import.meta.url).resolve('autocannon');
let address = 0;

/** While one client at an address of its own does this on 200 connections, from a process of its own. */
async function p99BesideMs({ path, options = [] }: Greed): Promise<number> {
  const from = ['-H', `x-forwarded-for=192.0.2.${++address}`];
  const client = spawn(
    process.execPath,
    [autocannon, '-c', '200', '-d', '60', ...from, ...options, `${url}/api/${path}`],
    { stdio: 'ignore' },
  );
  try {
    return await p99Ms();
  } finally {
    const exit = once(client, 'exit');
    client.kill('SIGKILL');
    await exit;
  }
}

it.each(Object.keys(greed))(
  'a client that %s makes no other customer wait much longer',
  async (what) => {
    const asks = greed[what]?.() as Greed;
    const [quiet, busy]: [number[], number[]] = [[], []];
    for (let round = 0; round < rounds; round++) {
      quiet.push(await p99Ms());
      busy.push(await p99BesideMs(asks));
    }
    const text = quiet.map((ms, round) => `${ms.toFixed(1)} -> ${busy[round]?.toFixed(1)} ms`);
    process.stdout.write(`a client that ${what}: p99 of another customer ${text.join(', ')}\n`);
    // Whatever else the machine does can only add to a round.
    expect(Math.min(...busy) / Math.min(...quiet)).toBeLessThan(mostTimesSlower);
  },
  90_000,
);
