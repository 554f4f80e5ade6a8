import { createMetrics } from '@shop/service-kit';
import { createCatalogClient } from '../src/clients/catalog-client.ts';
import { type FakeCatalog, startFakeCatalog } from './support/fake-catalog.ts';

let catalog: FakeCatalog;
let getStock: ReturnType<typeof createCatalogClient>['getStock'];
beforeAll(async () => {
  catalog = await startFakeCatalog();
  ({ getStock } = createCatalogClient([catalog.url], createMetrics('order_service')));
});
afterAll(() => catalog.close());
beforeEach(() => {
  catalog.mood = 'well';
  catalog.asked.length = 0;
});

const idsOf = (items: readonly { readonly id: number }[]) => items.map(({ id }) => id);

it('asks once for what several callers ask at the same time, and gives each its own, in its order', async () => {
  const [lamp, chair, table] = [catalog.sell(), catalog.sell(), catalog.sell()];
  const nothing = 999_999;
  const replies = await Promise.all([
    getStock([chair, lamp]),
    getStock([lamp, nothing]),
    getStock([]),
    getStock([table, lamp]),
  ]);
  expect(replies.map(idsOf)).toEqual([[chair, lamp], [lamp], [], [table, lamp]]);
  expect(catalog.asked).toEqual([[chair, lamp, nothing, table]]);
});

it('keeps nothing: who asks later hears what is so by then', async () => {
  const lamp = catalog.sell({ stock: 3 });
  expect(await getStock([lamp])).toMatchObject([{ stock: 3 }]);
  catalog.sell({ id: lamp, stock: 2 });
  expect(await getStock([lamp])).toMatchObject([{ stock: 2 }]);
  expect(catalog.asked).toEqual([[lamp], [lamp]]);
});

it('asks for more than catalog takes at once by several requests', async () => {
  const ids = Array.from({ length: 350 }, () => catalog.sell());
  const replies = await Promise.all([getStock(ids.slice(0, 150)), getStock(ids.slice(150))]);
  expect(replies.flatMap(idsOf)).toEqual(ids);
  expect(catalog.asked.map((asked) => asked.length)).toEqual([200, 150]);
});

it('tells all of them when catalog cannot be asked', async () => {
  const lamp = catalog.sell();
  catalog.mood = 'broken';
  const ends = await Promise.allSettled([getStock([lamp]), getStock([lamp])]);
  const unavailable = { status: 'rejected', reason: { code: 'catalog-service-unavailable' } };
  expect(ends).toMatchObject([unavailable, unavailable]);
  catalog.mood = 'well';
  expect(await getStock([lamp])).toMatchObject([{ id: lamp }]);
});
