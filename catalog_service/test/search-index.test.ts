import { makePostgresIndex } from './support/postgres-index.ts';
import { searchIndexContract } from './support/search-index.contract.ts';

searchIndexContract('PostgreSQL', makePostgresIndex);

describe('the search index on PostgreSQL', () => {
  it('counts no further than 10,000, and says so', async () => {
    const tested = await makePostgresIndex();
    await tested.sql(lamps(10_000));
    for (const text of [undefined, 'lamp'])
      expect(await tested.index.search({ text }, 1, 0)).toMatchObject({ total: 10_000, totalIsExact: true });
    await tested.sql(lamps(1));
    for (const text of [undefined, 'lamp']) {
      const page = await tested.index.search({ text, facets: true }, 1, 9_000);
      expect(page).toMatchObject({
        total: 10_000,
        totalIsExact: false,
        facets: { inStock: { true: 10_001 } },
      });
      expect(page.nextCursor).not.toBeNull();
    }
    await tested.close();
  });

  it('goes by price, and on from there, whether few or many products have a word', async () => {
    const tested = await makePostgresIndex();
    for (const count of [10_000, 1]) {
      await tested.sql(lamps(count));
      for (const sort of ['price', '-price'] as const) {
        const found = await tested.index.search({ text: 'lamp', sort }, 5, 3);
        expect(found.items).toEqual((await tested.index.search({ sort }, 5, 3)).items);
        const next = { sort, cursor: `${found.nextCursor}` };
        const all = await tested.index.search({ sort }, 5, 8);
        expect((await tested.index.search({ text: 'lamp', ...next }, 5, 0)).items).toEqual(all.items);
      }
    }
    await tested.close();
  });

  it('sends one statement for a search, and one for suggestions', async () => {
    const tested = await makePostgresIndex();
    const search = { text: 'misspellt red lmap', highlight: true, facets: true, category: 'Home' };
    await tested.index.search(search, 20, 0);
    expect(tested.statements()).toBe(1);
    await tested.index.suggest('lmap', 10);
    expect(tested.statements()).toBe(2);
    await tested.close();
  });
});

const lamps = (count: number) =>
  `INSERT INTO products (name, price, currency, stock) SELECT 'Lamp ' || n, n, 'usd', 1
   FROM generate_series(1, ${count}) AS n`;
