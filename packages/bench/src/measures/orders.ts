import { setTimeout as delay } from 'node:timers/promises';
import { Pool } from 'undici';
import { load } from '../load.ts';
import { processorMilliseconds } from '../processes.ts';
import type { Customer, Measure, Setting, Side } from '../setting.ts';
import { median, percentile } from '../statistics.ts';

type Post = (path: string, body: object, customer: Customer) => Promise<Record<string, unknown>>;

const connections = 16;

function createPost(pool: Pool): Post {
  return async (path, body, { authorization }) => {
    const headers = { 'content-type': 'application/json', authorization };
    const { statusCode, body: reply } = await pool.request({
      method: 'POST',
      path,
      headers,
      body: JSON.stringify(body),
    });
    const text = await reply.text();
    if (statusCode > 201) throw new Error(`POST ${path}: ${statusCode} ${text}`);
    return JSON.parse(text);
  };
}

export async function measureCart({ shop, bare, productIds, turns, seconds }: Setting): Promise<Measure> {
  const requestsOf = ({ customers }: Side) =>
    customers.flatMap(({ authorization }) =>
      productIds.slice(0, 50).map((productId) => ({
        method: 'POST' as const,
        path: '/cart',
        headers: { 'content-type': 'application/json', authorization },
        body: JSON.stringify({ productId, qty: 1 }),
      })),
    );
  const [ofShop, ofBare]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    for (const [side, figures] of [[shop, ofShop] as const, [bare, ofBare] as const])
      figures.push((await load({ url: side.url, requests: requestsOf(side) }, { seconds })).perSecond);
  }
  for (const { orders } of [shop, bare]) await orders.query('DELETE FROM cart_lines');
  return { name: 'add to cart', unit: '/s', shop: median(ofShop), baseline: median(ofBare) };
}

/** Two products into the cart, and the order; done when the stock of every order is reserved. */
export async function measureOrderFlow(setting: Setting): Promise<[flow: Measure, processor: Measure]> {
  const { shop, bare, turns } = setting;
  const [ofShop, ofBare, processor]: [number[], number[], number[]] = [[], [], []];
  for (let turn = 0; turn < turns; turn++) {
    const before = await processorMilliseconds(shop.pids);
    const { made, seconds } = await makeOrders(shop, setting, shop.orders);
    processor.push(((await processorMilliseconds(shop.pids)) - before) / made);
    ofShop.push(made / seconds);
    const ofBareTurn = await makeOrders(bare, setting, bare.orders);
    ofBare.push(ofBareTurn.made / ofBareTurn.seconds);
  }
  return [
    {
      name: 'order flow',
      unit: '/s',
      shop: median(ofShop),
      baseline: median(ofBare),
      goal: { ratio: 0.35 },
    },
    { name: 'processor time of an order, without PostgreSQL', unit: 'ms', shop: median(processor) },
  ];
}

async function makeOrders(
  side: Side,
  { seconds: duration, productIds }: Setting,
  orders: Setting['shop']['orders'],
) {
  const pool = new Pool(side.url, { connections });
  const post = createPost(pool);
  const startedAt = performance.now();
  const deadline = startedAt + duration * 1_000;
  let made = 0;
  await Promise.all(
    side.customers.map(async (customer, index) => {
      while (performance.now() < deadline) {
        await order(post, customer, productIds, index + made);
        made++;
      }
    }),
  );
  await untilReserved(orders);
  const seconds = (performance.now() - startedAt) / 1_000;
  await pool.close();
  return { made, seconds };
}

async function order(post: Post, customer: Customer, productIds: readonly number[], nth: number) {
  for (const step of [0, 1]) {
    const productId = productIds[(nth * 7 + step) % productIds.length];
    await post('/cart', { productId, qty: 1 }, customer);
  }
  return post('/orders', {}, customer);
}

async function untilReserved(orders: Setting['shop']['orders']): Promise<void> {
  for (;;) {
    const { rows } = await orders.query(`SELECT FROM orders WHERE status = 'pending' LIMIT 1`);
    if (rows.length === 0) return;
    await delay(10);
  }
}

/** From the request to the commit of `processing`, at half of what the shop can take. */
export async function measureTimeToProcessing(setting: Setting, perSecond: number): Promise<Measure[]> {
  const { shop, productIds, seconds, turns } = setting;
  const pool = new Pool(shop.url, { connections: 64 });
  const post = createPost(pool);
  const sentAt = new Map<string, number>();
  const every = 1_000 / (perSecond / 2);
  const free = [...shop.customers];
  const running: Promise<void>[] = [];
  const deadline = performance.now() + seconds * turns * 1_000;
  for (let nth = 0, next = performance.now(); next < deadline; nth++, next += every) {
    await delay(Math.max(0, next - performance.now()));
    const customer = free.shift();
    // All customers wait: the shop is slower than half of what it could do before.
    if (customer === undefined) continue;
    running.push(timedOrder(customer, nth).finally(() => void free.push(customer)));
  }
  async function timedOrder(customer: Customer, nth: number): Promise<void> {
    for (const step of [0, 1])
      await post('/cart', { productId: productIds[(nth * 7 + step) % productIds.length], qty: 1 }, customer);
    const at = Date.now();
    sentAt.set(String((await post('/orders', {}, customer))['orderNumber']), at);
  }
  await Promise.all(running);
  await untilReserved(shop.orders);
  await pool.close();
  const { rows } = await shop.orders.query(
    `SELECT o.order_number, extract(epoch FROM pg_xact_commit_timestamp(h.xmin)) * 1000 AS at
     FROM order_history h JOIN orders o ON o.id = h.order_id
     WHERE h.status = 'processing' AND o.order_number = ANY ($1)`,
    [[...sentAt.keys()]],
  );
  const times = rows.map(({ order_number, at }) => Number(at) - (sentAt.get(order_number) ?? 0));
  return [
    { name: 'POST /orders to processing, p50', unit: 'ms', shop: percentile(times, 50) },
    {
      name: 'POST /orders to processing, p99',
      unit: 'ms',
      shop: percentile(times, 99),
      goal: { atMost: 60 },
    },
  ];
}
