import { load } from '../load.ts';
import type { Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

const connections = 4;

/** What a storefront's pages wait for. Each connection asks again as soon as it is answered. */
export async function measureLatency({ shop, productIds, turns, seconds }: Setting): Promise<Measure[]> {
  const words = ['lamp', 'steel bottle', 'blue cotton shirt', 'bambo desk', 'quiet oak chair 51234'];
  const reads = {
    'product by id': productIds.map((id) => `/products/${id}`),
    'list of 20': ['/products?limit=20'],
    'a category': ['/products?category=Lamps', '/products?category=Knifes'],
    'a price filter': ['/products?minPrice=2000&maxPrice=2100', '/products?minPrice=1000&sort=price'],
    search: words.map((word) => `/products?search=${encodeURIComponent(word)}`),
  };
  const measures: Measure[] = [];
  for (const [name, paths] of Object.entries(reads)) {
    const target = { url: shop.urls.catalog, requests: paths.map((path) => ({ path })) };
    const p99s: number[] = [];
    for (let turn = 0; turn < turns; turn++) p99s.push((await load(target, { seconds, connections })).p99Ms);
    measures.push({
      name: `${name}, p99 at ${connections} connections`,
      unit: 'ms',
      shop: median(p99s),
      ...(name !== 'search' && { goal: { atMost: 20 } }),
    });
  }
  return measures;
}
