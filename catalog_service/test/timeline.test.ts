import { waitFor } from '@shop/testing';
import { adminToken, type Catalog, startCatalog } from './support/harness.ts';

let catalog: Catalog;
beforeAll(async () => {
  catalog = await startCatalog();
});
afterAll(() => catalog.stop());

const read = (path: string) => catalog.get(path, { authorization: `Bearer ${adminToken}` });

it('tells what an order did to the stock, and which of its events were handled', async () => {
  const { id } = await catalog.createProduct({ stock: 10 });
  const order = await catalog.order([[id, 2]]);
  await catalog.awaitAnswers(order);
  await catalog.cancel(order);
  await waitFor(async () => (await catalog.get(`/products/${id}`)).body.stock === 10);
  const handled = await catalog.sql<{ event_id: string }>('SELECT event_id FROM inbox');

  const ids = handled.map(({ event_id }) => event_id).join(',');
  const { status, body } = await read(`/timeline/${order}?ids=${ids},unknown`);

  expect(status).toBe(200);
  const told = (body.items as { kind: string; what: string }[]).map(({ kind, what }) => `${kind} ${what}`);
  expect(told).toEqual([
    expect.stringMatching(/^reservation reservation of .* is released$/),
    `stock stock of product ${id} moved by -2: order`,
    `stock stock of product ${id} moved by 2: order-cancelled`,
    expect.stringMatching(/^event-added STOCK_RESERVED on OrderEvents, sent after \d+ ms$/),
    ...handled.map(() => 'event-handled handled the event'),
  ]);
  expect(handled).toHaveLength(2);
});

it('tells nothing of an order that it has not heard of', async () => {
  expect((await read('/timeline/ORDER-UNKNOWN')).body).toEqual({ items: [] });
});

it.each(['/timeline/short', '/timeline/ORDER-0001?ids=a;b'])('refuses %s', async (path) => {
  expect(await read(path)).toMatchObject({ status: 400, body: { code: 'validation-failed' } });
});
