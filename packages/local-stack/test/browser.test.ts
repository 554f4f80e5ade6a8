import { openShop, type TestShop } from './support/shop.ts';

/** What a page has from the shop that `pnpm start` opens. */
let shop: TestShop;
beforeAll(async () => {
  shop = await openShop();
}, 60_000);
afterAll(() => shop?.close());

it('shows a picture of each demo product without asking anybody else', async () => {
  const products: { name: string; imageUrl: string }[] = [];
  for (let cursor = ''; ; ) {
    const reply = await fetch(`${shop.stack.urls.storefront}/api/products?sort=name&limit=100${cursor}`);
    const { items, nextCursor } = (await reply.json()) as {
      items: typeof products;
      nextCursor: string | null;
    };
    products.push(...items);
    if (nextCursor === null) break;
    cursor = `&cursor=${nextCursor}`;
  }
  const types = products.map(async ({ imageUrl }) => (await fetch(imageUrl)).headers.get('content-type'));
  expect(products.length).toBeGreaterThan(100);
  expect(new Set(await Promise.all(types))).toEqual(new Set(['image/svg+xml; charset=utf-8']));
  expect(new Set(products.map(({ imageUrl }) => imageUrl)).size).toBe(products.length);
});

it.each(['storefront', 'user', 'catalog', 'order', 'payment'] as const)(
  'may ask %s from any port of this machine, and from nowhere else',
  async (service) => {
    const allowed = async (origin: string) => {
      const { headers } = await fetch(`${shop.stack.urls[service]}/healthz`, { headers: { origin } });
      return headers.get('access-control-allow-origin');
    };
    expect(await allowed('http://localhost:5173')).toBe('http://localhost:5173');
    expect(await allowed('http://127.0.0.1:5500')).toBe('http://127.0.0.1:5500');
    expect(await allowed('https://evil.test')).toBeNull();
  },
);
