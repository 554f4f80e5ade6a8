import { tablesScanned, waitFor } from '@shop/testing';
import { adminToken, type Catalog, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

/** A list without a filter counts up to 10,000 products, from wherever they begin. */
const manyRows = 15_000;

it('never goes through a whole table, whatever is asked of a large catalogue', async () => {
  await catalog.sql(
    `WITH made AS (
       INSERT INTO products (name, description, price, currency, stock, category, tags, sku, group_id)
       SELECT 'Lamp ' || n, 'Bright.', n, 'usd', n % 2, 'Lamps ' || n / 100, ARRAY['tag' || n / 100], 'SKU ' || n,
         CASE WHEN n % 3 > 0 THEN 'group ' || n / 5 END
       FROM generate_series(1, 20000) AS n RETURNING id, stock
     ), movement AS (
       INSERT INTO stock_movements (product_id, delta, reason, version) SELECT id, stock, 'initial', 1 FROM made
     ), reservation AS (
       INSERT INTO stock_reservations (order_number, state, lines) SELECT 'old-' || id, 'reserved', '[]' FROM made
     ), event AS (
       INSERT INTO outbox (event_id, topic, key, type, headers, payload, sent_at)
       SELECT 'old-' || id, 'ProductEvents', id, 'PRODUCT_CREATED', '{}', '{}', now() FROM made
     )
     INSERT INTO inbox (consumer, event_id) SELECT 'catalog_service', 'old-' || id FROM made`,
  );
  await catalog.sql('ANALYZE');
  const { sql } = catalog;
  const scanned = await tablesScanned({ sql, witness: 'stock_movements', manyRows }, useTheCatalogue);
  expect(scanned).toEqual(['stock_movements']);
}, 60_000);

async function useTheCatalogue(): Promise<void> {
  const { id } = await catalog.createProduct({ stock: 10 });
  const order = await catalog.order([[id, 2]]);
  await catalog.awaitAnswers(order);
  await catalog.takeBack(order, 'rf_1', [[id, 1]]);
  await catalog.takeBack(order, 'rf_1', [[id, 1]]);
  await catalog.cancel(order);
  await waitFor(async () => (await catalog.get(`/products/${id}`)).body.stock === 10);
  expect(
    (await catalog.get(`/timeline/${order}?ids=event-1`, { authorization: `Bearer ${adminToken}` })).status,
  ).toBe(200);
  expect((await catalog.post('/products/stock', { ids: [id, 1, 2] })).status).toBe(200);
  const product = await catalog.get(`/products/${id}`);
  const ifMatch = { 'if-match': String(product.headers.get('etag')) };
  expect((await catalog.patch(`/products/${id}`, { price: 2 }, ifMatch)).status).toBe(200);
  for (const query of [
    '',
    'category=Lamps%207',
    'tag=tag7',
    'minPrice=100&maxPrice=120',
    'minPrice=100&maxPrice=120&sort=-price',
    'currency=eur',
    'currency=eur&sort=-price',
    'currency=eur&sort=name',
    'category=Lamps%207&sort=name&inStock=true',
    'search=bright+lamp+12345',
    'search=lmap+12345',
    'collapse=group&category=Lamps%207&sort=name',
    'collapse=group&currency=eur&sort=price',
    'collapse=group&search=bright+lamp+12345',
  ]) {
    expect((await catalog.get(`/products?limit=5&${query}`)).status).toBe(200);
  }
  expect((await catalog.get('/product-groups/group%207')).status).toBe(200);
  const lines = [{ sku: 'SKU 7', price: 9 }, { sku: 'SKU 8' }, { sku: 'new' }];
  const imported = await fetch(`${catalog.baseUrl}/products/import`, {
    method: 'POST',
    headers: { authorization: `Bearer ${adminToken}`, 'content-type': 'application/x-ndjson' },
    body: lines.map((line) => JSON.stringify(line)).join('\n'),
  });
  expect(await imported.text()).toMatch(/updated.*\n.*unchanged.*\n.*failed/);
  expect((await catalog.get('/products/suggest?q=lamp+1234')).status).toBe(200);
  expect((await catalog.delete(`/products/${id}`)).status).toBe(200);
}
