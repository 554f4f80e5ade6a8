import { availableParallelism } from 'node:os';
import { setTimeout as delay } from 'node:timers/promises';
import { Worker } from 'node:worker_threads';
import { load } from '../load.ts';
import type { Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

/** Logins beside bcrypt alone on as many threads, and what another route's callers notice of them. */
export async function measureLogin(
  { shop, turns, seconds, productIds }: Setting,
  accounts: readonly { readonly email: string; readonly password: string }[],
): Promise<Measure[]> {
  const logins = {
    url: shop.urls.user,
    requests: accounts.map((account) => ({
      method: 'POST' as const,
      path: '/login',
      headers: { 'content-type': 'application/json' },
      body: JSON.stringify(account),
    })),
  };
  const products = {
    url: shop.urls.catalog,
    requests: productIds.map((id) => ({ path: `/products/${id}` })),
  };
  const light = { seconds, connections: 4, perSecond: 100 };
  const [ofShop, ofBcrypt, alone, beside]: number[][] = [[], [], [], []];
  for (let turn = 0; turn < turns; turn++) {
    ofBcrypt?.push(await bcryptPerSecond(seconds));
    ofShop?.push((await load(logins, { seconds, connections: 8 })).perSecond);
    // The last logins are still at work.
    await delay(2_000);
    alone?.push((await load(products, light)).p99Ms);
    const [{ p99Ms }] = await Promise.all([load(products, light), load(logins, { seconds, connections: 8 })]);
    beside?.push(p99Ms);
  }
  return [
    {
      name: 'login',
      unit: '/s',
      shop: median(ofShop ?? []),
      baseline: median(ofBcrypt ?? []),
      goal: { ratio: 0.9 },
    },
    {
      name: 'p99 of product by id while others log in (baseline: while none does)',
      unit: 'ms',
      shop: median(beside ?? []),
      baseline: median(alone ?? []),
    },
  ];
}

async function bcryptPerSecond(seconds: number): Promise<number> {
  let compared = 0;
  const threads = Array.from({ length: availableParallelism() }, () => {
    const thread = new Worker(new URL('../bare/bcrypt.js', import.meta.url));
    thread.on('message', () => compared++);
    return thread;
  });
  await delay(1_000);
  compared = 0;
  await delay(seconds * 1_000);
  const perSecond = compared / seconds;
  await Promise.all(threads.map((thread) => thread.terminate()));
  return perSecond;
}
