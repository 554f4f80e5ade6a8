import { startTcpProxy, type TestDatabase } from '@shop/testing';
import { createCatalogDatabase, mug, startCatalog } from './support/harness.ts';

it('answers 503 and is not ready while its database is unavailable', async () => {
  const nowhere = { url: 'postgresql://nobody:x@127.0.0.1:1/nowhere' } as TestDatabase;
  const catalog = await startCatalog({ database: nowhere });
  const replies = [
    await catalog.get('/products'),
    await catalog.get('/products?search=mug'),
    await catalog.get('/products/1'),
    await catalog.post('/products/stock', { ids: [1] }),
    await catalog.post('/products', mug),
    await catalog.patch('/products/1', { price: 5 }),
  ];
  for (const reply of replies) {
    expect(reply).toMatchObject({ status: 503, body: { code: 'database-unavailable' } });
    expect(reply.headers.get('retry-after')).toBe('1');
    expect(JSON.stringify(reply.body)).not.toMatch(/prisma|127\.0\.0\.1/i);
  }
  expect(await catalog.get('/readyz')).toMatchObject({ status: 503, body: { failed: ['database'] } });
  expect((await catalog.get('/healthz')).status).toBe(200);
  await catalog.stop();
});

it('answers 504 without Retry-After when the answer to its commit is lost', async () => {
  const database = await createCatalogDatabase();
  const network = await startTcpProxy(database.url);
  const catalog = await startCatalog({ database: { ...database, url: network.url } });
  network.loseReplyTo('COMMIT');

  const reply = await catalog.post('/products', mug);

  expect(reply).toMatchObject({ status: 504, body: { code: 'outcome-unknown' } });
  expect(reply.headers.get('retry-after')).toBeNull();
  expect((await catalog.get('/products')).body.items).toMatchObject([{ name: mug.name }]);
  await catalog.stop();
  await network.close();
});
