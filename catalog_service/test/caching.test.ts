import { once } from 'node:events';
import { type IncomingHttpHeaders, request } from 'node:http';
import { type Catalog, startCatalog } from './support/harness.ts';

let catalog: Catalog;
let id: number;
beforeAll(async () => {
  catalog = await startCatalog();
  id = (await catalog.createProduct({ name: 'Cast Iron Pan' })).id;
});
afterAll(() => catalog.stop());

interface RawReply {
  readonly status: number | undefined;
  readonly headers: IncomingHttpHeaders;
  readonly body: string;
}

/** As a browser that has a reply: `fetch` of Node would send `Cache-Control: no-cache` along. */
async function ask(path: string, headers: Record<string, string> = {}, method = 'GET'): Promise<RawReply> {
  const sent = request({ host: '127.0.0.1', port: catalog.port, path, method, headers }).end();
  const [reply] = await once(sent, 'response');
  const chunks = await reply.toArray();
  return { status: reply.statusCode, headers: reply.headers, body: Buffer.concat(chunks).toString() };
}

const paths: [string, () => string, string][] = [
  ['the listing', () => '/products?category=x', 'public, max-age=5'],
  ['a search', () => '/products?search=pan', 'public, max-age=5'],
  ['suggestions', () => '/products/suggest?q=ca', 'public, max-age=60'],
  ['a product', () => `/products/${id}`, 'no-cache'],
];

it.each(paths)('lets caches keep %s and revalidate it by its ETag', async (_, path, freshness) => {
  const first = await ask(path());
  expect(first.status).toBe(200);
  expect(first.headers['cache-control']).toBe(freshness);
  const etag = first.headers.etag ?? '';
  expect(etag).toMatch(/^(W\/)?".+"$/);
  const again = await ask(path(), { 'if-none-match': etag });
  expect(again).toMatchObject({ status: 304, body: '' });
  expect(again.headers).toMatchObject({ etag, 'cache-control': freshness });
  expect((await ask(path(), { 'if-none-match': '"other"' })).status).toBe(200);
});

it.each(paths)('answers HEAD of %s as GET, without the body', async (_, path) => {
  const [head, get] = [await ask(path(), {}, 'HEAD'), await ask(path())];
  expect(head).toMatchObject({ status: 200, body: '' });
  for (const name of ['etag', 'cache-control', 'content-type', 'content-length'])
    expect(head.headers[name]).toBe(get.headers[name]);
  expect((await ask(path(), { 'if-none-match': get.headers.etag ?? '' }, 'HEAD')).status).toBe(304);
});

it('returns a changed list in full, although the caller has the old ETag', async () => {
  const before = await ask('/products?search=pan');
  await catalog.order([[id, 1]]);
  const after = await ask('/products?search=pan', { 'if-none-match': before.headers.etag ?? '' });
  expect(after.status).toBe(200);
  expect(JSON.parse(after.body).items[0].stock).toBe(9);
});

it.each([
  ['what an administrator does', () => catalog.patch(`/products/${id}`, { price: 1 })],
  ['a stock look-up', () => catalog.post('/products/stock', { ids: [id] })],
  ['a product that is not there', () => catalog.get('/products/999999')],
  ['a refusal', () => catalog.get('/products?limit=0')],
])('%s may not be kept', async (_, call) => {
  expect((await call()).headers.get('cache-control')).toBe('no-store');
});
