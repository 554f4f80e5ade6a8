import { load, type Target } from '../load.ts';
import type { Measure, Setting } from '../setting.ts';
import { median } from '../statistics.ts';

const json = { 'content-type': 'application/json' };

interface Read {
  readonly name: string;
  readonly goal: number;
  readonly requests: Target['requests'];
  readonly service?: 'catalog' | 'storefront';
}

/** Reads that both sides answer from PostgreSQL, in turns. */
export async function measureReads(setting: Setting): Promise<Measure[]> {
  const { productIds } = setting;
  const byId = (prefix = '') => productIds.map((id) => ({ path: `${prefix}/products/${id}` }));
  const stock = JSON.stringify({ ids: productIds.slice(0, 20) });
  const words = ['lamp', 'headphones', 'cotton shirt', 'steel bottle', 'desk'];
  const reads: Read[] = [
    { name: 'product by id', goal: 0.6, requests: byId() },
    { name: 'product by id, gateway', goal: 0.35, requests: byId('/api'), service: 'storefront' },
    { name: 'list of 20', goal: 0.6, requests: [{ path: '/products?limit=20' }] },
    {
      name: 'search',
      goal: 0,
      requests: words.map((word) => ({ path: `/products?search=${encodeURIComponent(word)}` })),
    },
    {
      name: 'stock of 20',
      goal: 0.5,
      requests: [{ method: 'POST', path: '/products/stock', headers: json, body: stock }],
    },
  ];
  const measures: Measure[] = [];
  for (const read of reads) measures.push(await measureRead(read, setting));
  return measures;
}

async function measureRead(read: Read, { shop, bare, turns, seconds }: Setting): Promise<Measure> {
  const { name, goal, requests, service = 'catalog' } = read;
  const own = requests.map((request) => ({ ...request, path: request.path?.replace('/api', '') ?? '/' }));
  const [ofShop, ofBare]: [number[], number[]] = [[], []];
  for (let turn = 0; turn < turns; turn++) {
    ofShop.push((await load({ url: shop.urls[service], requests }, { seconds })).perSecond);
    ofBare.push((await load({ url: bare.url, requests: own }, { seconds })).perSecond);
  }
  return {
    name,
    unit: '/s',
    shop: median(ofShop),
    baseline: median(ofBare),
    ...(goal > 0 && { goal: { ratio: goal } }),
  };
}
