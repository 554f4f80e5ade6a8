import { currencies, priceFault } from '@shop/money';
import { demoProducts } from '../src/seed/demo-products.ts';
import { type Catalog, mug, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog({ settings: { DEFAULT_CURRENCY: 'eur' } });
});
afterAll(() => catalog.stop());

describe('a price', () => {
  it.each([
    [0, 'usd'],
    [1, 'usd'],
    [99_999_999, 'usd'],
    [150_000_000_000, 'idr'],
    [999_999_999_999, 'idr'],
    [9_999_999_999, 'jpy'],
    [5_120, 'kwd'],
    [500, 'isk'],
    [1_045, 'huf'],
  ])('of %i %s is sold, read, looked up and told as it is', async (price, currency) => {
    const { id } = await catalog.createProduct({ price, currency });
    const money = { price, currency };
    expect((await catalog.get(`/products/${id}`)).body).toMatchObject(money);
    expect((await catalog.post('/products/stock', { ids: [id] })).body.items).toMatchObject([money]);
    const { items } = (
      await catalog.get(`/products?currency=${currency}&minPrice=${price}&maxPrice=${price}`)
    ).body;
    expect(items).toMatchObject([{ id, ...money }]);
    const [event] = await catalog.awaitProductEvents(id, 1);
    expect(event).toMatchObject({ data: money });
  });

  it.each([
    [1_000, 'zzz', 'currency'],
    [1_000, 'xau', 'currency'],
    [1_000, 'kpw', 'currency'],
    [100_000_000, 'usd', 'price'],
    [10_000_000_000, 'jpy', 'price'],
    [5_124, 'kwd', 'price'],
    [550, 'isk', 'price'],
    [550, 'ugx', 'price'],
  ])('of %i %s is refused, when a product is made and when it is changed', async (price, currency, field) => {
    const refused = { status: 400, body: { code: 'validation-failed', errors: [{ field }] } };
    expect(await catalog.post('/products', { ...mug, price, currency })).toMatchObject(refused);
    const { id } = await catalog.createProduct({ price: 500 });
    expect(await catalog.patch(`/products/${id}`, { price, currency })).toMatchObject(refused);
    expect((await catalog.get(`/products/${id}`)).body).toMatchObject({
      price: 500,
      currency: 'eur',
      revision: 1,
    });
  });

  it('is held against the currency that the product has, and a currency against its price', async () => {
    const { id } = await catalog.createProduct({ price: 5_120, currency: 'kwd' });
    expect((await catalog.patch(`/products/${id}`, { price: 5_124 })).body.errors).toEqual([
      { field: 'price', message: 'must be a multiple of 10 in kwd (given: 5124)' },
    ]);
    expect((await catalog.patch(`/products/${id}`, { currency: 'isk' })).status).toBe(400);
    expect((await catalog.patch(`/products/${id}`, { price: 5_100, currency: 'isk' })).status).toBe(200);
  });

  it('that is older than the rule stays, and the rest of its product can be changed', async () => {
    const { id } = await catalog.createProduct();
    await catalog.sql(`UPDATE products SET currency = 'zzz' WHERE id = $1`, [id]);
    expect((await catalog.patch(`/products/${id}`, { name: 'Old Mug' })).body).toMatchObject({
      currency: 'zzz',
    });
    expect((await catalog.patch(`/products/${id}`, { price: 7 })).status).toBe(400);
    expect((await catalog.patch(`/products/${id}`, { currency: 'usd' })).status).toBe(200);
  });
});

describe('a list', () => {
  const lamp = (price: number, currency: string) =>
    catalog.createProduct({ name: 'Currency lamp', price, currency, category: 'Lit' });
  const pricesOf = async (query: string) => {
    const { items } = (await catalog.get(`/products?category=Lit&${query}`)).body;
    return items.map(({ price, currency }: { price: number; currency: string }) => `${price} ${currency}`);
  };
  beforeAll(async () => {
    for (const [price, currency] of [
      [300, 'eur'],
      [200, 'usd'],
      [20_000, 'jpy'],
      [100, 'eur'],
    ] as const)
      await lamp(price, currency);
  });

  it.each([
    ['currency=usd', ['200 usd']],
    ['currency=eur&search=lamp&sort=newest', ['100 eur', '300 eur']],
    ['currency=gbp', []],
    ['', ['100 eur', '20000 jpy', '200 usd', '300 eur']],
    ['sort=name', ['300 eur', '200 usd', '20000 jpy', '100 eur']],
    ['sort=price', ['100 eur', '300 eur']],
    ['sort=-price', ['300 eur', '100 eur']],
    ['sort=price&currency=jpy', ['20000 jpy']],
    ['minPrice=150', ['300 eur']],
    ['maxPrice=250', ['100 eur']],
    ['maxPrice=250&currency=usd', ['200 usd']],
  ])('with %j has the prices %j', async (query, prices) => {
    expect(await pricesOf(query)).toEqual(prices);
  });

  it('goes on by cursor within its currency', async () => {
    const { nextCursor } = (await catalog.get('/products?category=Lit&sort=price&limit=1')).body;
    expect(await pricesOf(`sort=price&limit=1&cursor=${nextCursor}`)).toEqual(['300 eur']);
  });

  it.each([
    ['', 2, 4],
    ['&currency=jpy', 1, 1],
    ['&minPrice=150', 2, 1],
  ])('with facets%s counts the price ranges of one currency', async (query, ranges, lit) => {
    const { priceRanges, categories } = (await catalog.get(`/products?search=lamp&facets=true${query}`)).body
      .facets;
    const counts = priceRanges.map(({ count }: { count: number }) => count);
    expect(counts.reduce((sum: number, count: number) => sum + count, 0)).toBe(ranges);
    expect(categories).toEqual([{ value: 'Lit', count: lit }]);
  });
});

it('does not start with a default currency that is none', async () => {
  await expect(startCatalog({ settings: { DEFAULT_CURRENCY: 'zzz' } })).rejects.toThrow(/DEFAULT_CURRENCY/);
});

it('can fill itself with demo products in any currency', () => {
  for (const currency of currencies) {
    const faults = demoProducts(currency).map(({ price }) => priceFault(price, currency));
    expect([currency, faults.filter((fault) => fault !== undefined)]).toEqual([currency, []]);
  }
});
