import { type Catalog, startCatalog, tokenOf } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const adminOf = (id: number) => ({ authorization: `Bearer ${tokenOf(id, 'admin')}` });

it('an administrator who is none any more changes no product', async () => {
  const { id } = await catalog.createProduct({ stock: 1 });
  const former = adminOf(900);
  catalog.users.outdated.add(900);
  const replies = await Promise.all([
    catalog.post('/products', {}, former),
    catalog.patch(`/products/${id}`, { stock: 2 }, former),
    catalog.delete(`/products/${id}`, former),
    catalog.post('/products/import', '', { ...former, 'content-type': 'application/x-ndjson' }),
    catalog.get('/timeline/ord-12345678', former),
  ]);
  for (const { status, body } of replies) expect([status, body.code]).toEqual([401, 'invalid-token']);
  expect((await catalog.get(`/products/${id}`)).body.stock).toBe(1);
});

it('administrators are told when to try again while user_service does not answer; everybody else reads', async () => {
  const { id } = await catalog.createProduct({ stock: 1 });
  catalog.users.fault.status = 500;
  const reply = await catalog.patch(`/products/${id}`, { stock: 2 }, adminOf(901));
  expect(reply).toMatchObject({ status: 503, body: { code: 'keys-unavailable' } });
  expect(reply.headers.get('retry-after')).toBe('1');
  expect((await catalog.get(`/products/${id}`)).status).toBe(200);
});
