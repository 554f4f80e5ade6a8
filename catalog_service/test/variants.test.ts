import { type Catalog, expectStockToAddUp, mug, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeEach(async () => {
  catalog = await startCatalog();
});
afterEach(() => catalog.stop());

const media = [
  { url: 'https://x.test/front.png', alt: 'The front' },
  { url: 'http://x.test/back.png', alt: '' },
];

it('a product has the SKU, the group, the options and the media that it is given', async () => {
  const given = {
    sku: ' Cafe\u0301-1 ',
    groupId: 'shirt',
    options: { ' size ': 'M', colour: ' schwarz' },
    media,
  };
  const product = await catalog.createProduct(given);
  const wanted = { sku: 'Café-1', groupId: 'shirt', options: { size: 'M', colour: 'schwarz' }, media };
  expect(product).toMatchObject(wanted);
  // The first of its media is its picture, unless it has one of its own.
  expect(product.imageUrl).toBe('https://x.test/front.png');
  expect((await catalog.get(`/products/${product.id}`)).body).toEqual(product);
  expect((await catalog.get(`/products?ids=${product.id}`)).body.items).toEqual([product]);
  expect((await catalog.get('/products')).body.items).toEqual([product]);
  const [event] = await catalog.awaitProductEvents(product.id, 1);
  expect(event?.data).toMatchObject(wanted);
});

it('a product without them has none', async () => {
  const product = await catalog.createProduct();
  expect(product).toMatchObject({ sku: null, groupId: null, options: {}, media: [], imageUrl: null });
});

it('a change keeps what it leaves out, and one that changes nothing is none', async () => {
  const product = await catalog.createProduct({ sku: 'A', options: { b: '1', a: '2' }, media });
  const same = await catalog.patch(`/products/${product.id}`, { options: { a: '2', b: '1' }, media });
  expect(same.body).toEqual(product);
  const { body } = await catalog.patch(`/products/${product.id}`, { groupId: 'g', media: [] });
  expect(body).toMatchObject({ sku: 'A', groupId: 'g', options: { a: '2', b: '1' }, media: [], revision: 2 });
  const cleared = await catalog.patch(`/products/${product.id}`, { sku: null, groupId: null, options: {} });
  expect(cleared.body).toMatchObject({ sku: null, groupId: null, options: {} });
  await expectStockToAddUp(catalog);
});

it('no two products on sale have the same SKU; that of a deleted one is free', async () => {
  const one = await catalog.createProduct({ sku: 'A' });
  const other = await catalog.createProduct({ sku: 'a' });
  const taken = { status: 409, body: { code: 'sku-taken' } };
  expect(await catalog.post('/products', { ...mug, sku: 'A' })).toMatchObject(taken);
  expect(await catalog.patch(`/products/${other.id}`, { sku: 'A' })).toMatchObject(taken);
  const twins = await Promise.all([1, 2].map(() => catalog.post('/products', { ...mug, sku: 'twin' })));
  expect(twins.map(({ status }) => status).sort()).toEqual([201, 409]);
  await catalog.delete(`/products/${one.id}`);
  expect((await catalog.patch(`/products/${other.id}`, { sku: 'A' })).status).toBe(200);
});

const refused: readonly [object, string][] = [
  [{ sku: '' }, 'sku'],
  [{ sku: 'x'.repeat(65) }, 'sku'],
  [{ sku: 'A\u200b' }, 'sku'],
  [{ groupId: 7 }, 'groupId'],
  [{ options: [] }, 'options'],
  [{ options: null }, 'options'],
  [{ options: { size: 7 } }, 'options'],
  [{ options: { '': 'M' } }, 'options'],
  [{ options: { size: ' ' } }, 'options'],
  [{ options: { size: 'x'.repeat(61) } }, 'options'],
  [{ options: { ['x'.repeat(41)]: 'M' } }, 'options'],
  [{ options: Object.fromEntries(Array.from({ length: 11 }, (_, n) => [`o${n}`, 'x'])) }, 'options'],
  [{ media: {} }, 'media'],
  [{ media: [{ url: 'ftp://x.test/a' }] }, 'media'],
  [{ media: [{ alt: 'no url' }] }, 'media'],
  [{ media: [{ url: 'https://x.test/', size: 1 }] }, 'media'],
  [{ media: [{ url: 'https://x.test/', alt: 'a\0' }] }, 'media'],
  [{ media: [{ url: 'https://x.test/', alt: 'x'.repeat(201) }] }, 'media'],
  [{ media: [null] }, 'media'],
  [{ media: Array(21).fill({ url: 'https://x.test/' }) }, 'media'],
];

it.each(refused)('%j is refused, and says which field is wrong', async (given, field) => {
  const { status, body } = await catalog.post('/products', { ...mug, ...given });
  expect([status, body.code, body.errors?.[0]?.field]).toEqual([400, 'validation-failed', field]);
});

it('takes options of any name, but for the one that names a function of every object', async () => {
  const withOptions = (options: string) =>
    catalog.post('/products', `${JSON.stringify(mug).slice(0, -1)},"options":${options}}`);
  const { status, body } = await withOptions('{"__proto__":"a","toString":"b"}');
  expect([status, Object.entries(body.options).sort()]).toEqual([
    201,
    [
      ['__proto__', 'a'],
      ['toString', 'b'],
    ],
  ]);
  for (const options of ['{"constructor":"b"}', '{"a":{"constructor":1}}', '[{"constructor":null}]'])
    expect(await withOptions(options)).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'options' }] },
    });
});

describe('a product group', () => {
  it('has its products on sale by id, and all values of their options', async () => {
    const variant = (size: string, colour: string) => ({ groupId: 'T shirt/1', options: { size, colour } });
    const products = [];
    for (const each of [variant('M', 'red'), variant('L', 'red'), variant('S', 'blue')])
      products.push(await catalog.createProduct(each));
    await catalog.createProduct({ groupId: 'other' });
    const deleted = await catalog.createProduct(variant('XXL', 'pink'));
    await catalog.delete(`/products/${deleted.id}`);
    const reply = await catalog.get(`/product-groups/${encodeURIComponent('T shirt/1')}`);
    expect(reply.status).toBe(200);
    expect(reply.headers.get('cache-control')).toBe('public, max-age=5');
    expect(reply.body).toEqual({
      id: 'T shirt/1',
      items: products,
      isComplete: true,
      options: [
        { name: 'colour', values: ['red', 'blue'] },
        { name: 'size', values: ['M', 'L', 'S'] },
      ],
    });
  });

  it('is 404 when no product on sale is in it, and 400 when none can be', async () => {
    expect(await catalog.get('/product-groups/none')).toMatchObject({
      status: 404,
      body: { code: 'product-group-not-found' },
    });
    expect((await catalog.get(`/product-groups/${'x'.repeat(65)}`)).status).toBe(400);
  });

  it('of very many has the first 200, and says so', async () => {
    await catalog.sql(`INSERT INTO products (name, price, currency, stock, group_id)
      SELECT 'Lamp ' || n, 1, 'usd', 0, 'lamps' FROM generate_series(1, 201) AS n`);
    const { body } = await catalog.get('/product-groups/lamps');
    expect([body.items.length, body.isComplete]).toEqual([200, false]);
  });
});

it('a list of groups has of each the first in its order, and counts groups', async () => {
  for (const [groupId, price, stock] of [
    ['a', 300, 1],
    ['a', 100, 0],
    ['b', 200, 1],
    [undefined, 400, 1],
  ] as const)
    await catalog.createProduct({
      groupId,
      price,
      stock,
      name: 'Lamp',
      category: 'Lamps',
      tags: [`${price}`],
    });
  const pricesOf = async (query: string) => {
    const { body } = await catalog.get(`/products?collapse=group&facets=true&${query}`);
    return {
      prices: body.items.map((item: { price: number }) => item.price),
      total: body.total,
      facets: body.facets,
    };
  };
  const byPrice = await pricesOf('sort=price');
  expect(byPrice).toMatchObject({ prices: [100, 200, 400], total: 3 });
  expect(byPrice.facets).toMatchObject({
    categories: [{ value: 'Lamps', count: 3 }],
    inStock: { true: 3, false: 1 },
  });
  // The cheapest of its group is sold out.
  expect(await pricesOf('sort=price&inStock=true')).toMatchObject({ prices: [200, 300, 400], total: 3 });
  expect(await pricesOf('search=lamp')).toMatchObject({ total: 3 });
  expect((await catalog.get('/products?collapse=category')).status).toBe(400);
});
