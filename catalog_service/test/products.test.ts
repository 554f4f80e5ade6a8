import { noVariant } from '../src/domain/product.ts';
import {
  type Catalog,
  customerToken,
  expectStockToAddUp,
  mug,
  startCatalog,
  stockOf,
} from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterEach(() => expectStockToAddUp(catalog));
afterAll(() => catalog.stop());

const bearer = (token: string) => ({ authorization: `Bearer ${token}` });

describe('creating a product', () => {
  it('answers 201 with all of it, keeps its first stock as a movement, and tells the indexers', async () => {
    const given = {
      name: '  Café Crème Cup ',
      description: 'Porcelain 🫖',
      price: 900,
      currency: 'eur',
      stock: 7,
      category: 'Kitchen',
      tags: ['coffee', ' cup', 'coffee'],
      imageUrl: 'https://shop.test/cup.png',
    };
    const { status, body, headers } = await catalog.post('/products', given);
    expect(status).toBe(201);
    expect(headers.get('location')).toBe(`/products/${body.id}`);
    expect(headers.get('etag')).toBe('"1.1"');
    expect(body).toEqual({
      ...noVariant,
      ...given,
      name: 'Café Crème Cup',
      tags: ['coffee', 'cup'],
      id: expect.any(Number),
      revision: 1,
      version: 1,
      createdAt: expect.stringMatching(/^\d{4}-.*Z$/),
      updatedAt: expect.stringMatching(/^\d{4}-.*Z$/),
    });
    expect((await catalog.get(`/products/${body.id}`)).body).toEqual(body);
    const movements = await catalog.sql(
      'SELECT delta, reason, version FROM stock_movements WHERE product_id = $1',
      [body.id],
    );
    expect(movements).toEqual([{ delta: 7, reason: 'initial', version: 1 }]);
    const [event] = await catalog.awaitProductEvents(body.id, 1);
    expect(event).toMatchObject({ type: 'PRODUCT_UPSERTED', source: 'catalog_service', data: body });
  });

  it('gives fields that were left out their defaults', async () => {
    const product = await catalog.createProduct();
    expect(product).toMatchObject({ currency: 'usd', category: null, tags: [], imageUrl: null });
  });
});

describe('permissions', () => {
  it.each([
    ['POST', '/products', mug],
    ['PATCH', '/products/1', { name: 'x' }],
    ['DELETE', '/products/1', undefined],
  ])('%s %s is for administrators', async (method, path, body) => {
    const call = (headers: Record<string, string>) =>
      method === 'POST'
        ? catalog.post(path, body, headers)
        : method === 'PATCH'
          ? catalog.patch(path, body, headers)
          : catalog.delete(path, headers);
    expect(await call({ authorization: '' })).toMatchObject({ status: 401, body: { code: 'token-missing' } });
    expect(await call(bearer('a.b.c'))).toMatchObject({ status: 401, body: { code: 'invalid-token' } });
    expect(await call(bearer(customerToken))).toMatchObject({ status: 403, body: { code: 'admin-only' } });
  });

  it('let every caller read products and stock', async () => {
    const { id } = await catalog.createProduct();
    const nobody = { authorization: '' };
    expect((await catalog.get('/products', nobody)).status).toBe(200);
    expect((await catalog.get(`/products/${id}`, nobody)).status).toBe(200);
    expect((await catalog.post('/products/stock', { ids: [id] }, nobody)).status).toBe(200);
  });
});

describe('changing a product', () => {
  it('changes only the fields that are sent', async () => {
    const product = await catalog.createProduct({ category: 'Kitchen', tags: ['a'] });
    const { status, body, headers } = await catalog.patch(`/products/${product.id}`, {
      price: 1500,
      category: null,
      tags: ['b', 'c'],
    });
    expect(status).toBe(200);
    expect(headers.get('etag')).toBe('"2.2"');
    const updatedAt = expect.any(String);
    const changed = { price: 1500, category: null, tags: ['b', 'c'], revision: 2, version: 2, updatedAt };
    expect(body).toEqual({ ...product, ...changed });
    expect(body.updatedAt > product.updatedAt).toBe(true);
    const events = await catalog.awaitProductEvents(product.id, 2);
    expect(events[1]).toMatchObject({ type: 'PRODUCT_UPSERTED', data: body });
  });

  it('to its current content changes nothing and publishes nothing', async () => {
    const product = await catalog.createProduct({ tags: ['a'] });
    const { body } = await catalog.patch(`/products/${product.id}`, { ...mug, version: 1, tags: ['a'] });
    expect(body).toEqual(product);
    expect(await catalog.sql('SELECT FROM outbox WHERE key = $1', [String(product.id)])).toHaveLength(1);
  });

  it('compares If-Match with the revision, which a sale does not change', async () => {
    const { id } = await catalog.createProduct();
    const patch = (name: string, ifMatch: string) =>
      catalog.patch(`/products/${id}`, { name }, { 'if-match': ifMatch });
    await catalog.order([[id, 1]]);
    expect(await patch('One', '"1.1"')).toMatchObject({ status: 200, body: { revision: 2, version: 3 } });
    expect(await patch('Two', '"1.1"')).toMatchObject({
      status: 412,
      body: { code: 'product-changed', revision: 2, version: 3 },
    });
    expect(await patch('Two', '"x"')).toMatchObject({ status: 412 });
    expect(await patch('Two', '"1", W/"2.3"')).toMatchObject({ status: 200, body: { name: 'Two' } });
    expect(await patch('Three', '*')).toMatchObject({ status: 200, body: { name: 'Three' } });
    expect(await patch('Four', '3')).toMatchObject({
      status: 400,
      body: { errors: [{ field: 'If-Match' }] },
    });
    expect((await catalog.get(`/products/${id}`)).body.name).toBe('Three');
  });

  it('sets a stock only with the version at which it was counted', async () => {
    const { id } = await catalog.createProduct({ stock: 10 });
    await catalog.order([[id, 4]]);
    const path = `/products/${id}`;
    expect(await catalog.patch(path, { stock: 50 })).toMatchObject({
      status: 428,
      body: { code: 'version-required' },
    });
    expect(await catalog.patch(path, { stock: 50, version: 1 })).toMatchObject({ status: 412 });
    expect(await stockOf(catalog, id)).toBe(6);
    const { status, body } = await catalog.patch(path, { stock: 50, version: 2 });
    expect(status).toBe(200);
    expect(body).toMatchObject({ stock: 50, version: 3, revision: 1 });
    const [movement] = await catalog.sql(
      'SELECT delta, reason, version FROM stock_movements WHERE product_id = $1 ORDER BY id DESC LIMIT 1',
      [id],
    );
    expect(movement).toEqual({ delta: 44, reason: 'adjustment', version: 3 });
  });
});

describe('the ETag of a product', () => {
  it('answers 304 to a caller that has it already, and never hides a sale', async () => {
    const { id } = await catalog.createProduct();
    const first = await catalog.get(`/products/${id}`);
    const seen = { 'if-none-match': first.headers.get('etag') ?? '' };
    expect((await catalog.get(`/products/${id}`, seen)).status).toBe(304);
    await catalog.order([[id, 1]]);
    expect(await catalog.get(`/products/${id}`, seen)).toMatchObject({ status: 200, body: { stock: 9 } });
  });
});

describe('deleting a product', () => {
  it('removes it from all replies, and keeps its row', async () => {
    const { id } = await catalog.createProduct({ name: 'Soon Gone' });
    expect(await catalog.delete(`/products/${id}`, { 'if-match': '"9"' })).toMatchObject({ status: 412 });
    expect(await catalog.delete(`/products/${id}`)).toMatchObject({ status: 200, body: { id } });
    const gone = { status: 404, body: { code: 'product-not-found' } };
    expect(await catalog.get(`/products/${id}`)).toMatchObject(gone);
    expect(await catalog.patch(`/products/${id}`, { price: 1 })).toMatchObject(gone);
    expect(await catalog.delete(`/products/${id}`)).toMatchObject(gone);
    expect((await catalog.get('/products?search=gone')).body.total).toBe(0);
    expect((await catalog.post('/products/stock', { ids: [id] })).body).toEqual({ items: [], missing: [id] });
    const events = await catalog.awaitProductEvents(id, 2);
    expect(events[1]).toMatchObject({ type: 'PRODUCT_DELETED', data: { id, version: 2 } });
    expect(await stockOf(catalog, id)).toBe(10);
  });
});

describe('GET /products?ids=', () => {
  it('answers those that are sold, each once, in the order asked', async () => {
    const [first, second, third] = [
      await catalog.createProduct(),
      await catalog.createProduct(),
      await catalog.createProduct(),
    ];
    await catalog.delete(`/products/${second.id}`);

    const { status, body, headers } = await catalog.get(
      `/products?ids=${third.id},${first.id},${second.id},2147483647,${third.id}`,
    );

    expect(status).toBe(200);
    expect(body).toEqual({
      items: [third, first],
      total: 2,
      totalIsExact: true,
      limit: 100,
      offset: 0,
      nextCursor: null,
    });
    expect(headers.get('cache-control')).toBe('public, max-age=5');
  });

  it('answers none for an emptied list', async () => {
    expect((await catalog.get('/products?ids=&utm_source=mail')).body).toMatchObject({ items: [], total: 0 });
  });

  it.each([
    ['ids=1,x', 'ids.1'],
    ['ids=1,', 'ids.1'],
    ['ids=0', 'ids.0'],
    [`ids=${Array.from({ length: 101 }, (_, index) => index + 1)}`, 'ids'],
    ['ids=1&search=lamp', 'search'],
    ['ids=1&limit=5', 'limit'],
  ])('is wrong with %s', async (query, field) => {
    const { status, body } = await catalog.get(`/products?${query}`);
    expect([status, body.errors[0].field]).toEqual([400, field]);
  });
});

describe('POST /products/stock', () => {
  it('returns each product once, in the order of the ids, and lists what is missing', async () => {
    const one = await catalog.createProduct({ name: 'One', stock: 1 });
    const two = await catalog.createProduct({ name: 'Two', stock: 2 });
    const { status, body } = await catalog.post('/products/stock', {
      ids: [two.id, 999_999, one.id, two.id],
    });
    expect(status).toBe(200);
    expect(body).toEqual({
      items: [
        { id: two.id, name: 'Two', price: 1400, currency: 'usd', stock: 2, imageUrl: two.imageUrl },
        { id: one.id, name: 'One', price: 1400, currency: 'usd', stock: 1, imageUrl: one.imageUrl },
      ],
      missing: [999_999],
    });
    expect((await catalog.post('/products/stock', { ids: [] })).body).toEqual({ items: [], missing: [] });
  });
});
