import type { NewProduct, Product } from '../../src/domain/product.ts';
import { type ProductPage, type ProductSearch, productSorts } from '../../src/domain/search-index.ts';
import { assortedLamps, facetsOf, firstOfGroups, groupKey, productsOf } from './catalog-model.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';

/** A third of them in no group, the others in groups of several sizes: variants differ in all that is filtered by. */
const grouped = (): NewProduct[] =>
  assortedLamps().map((lamp, index) => ({
    ...lamp,
    groupId: index % 3 === 0 ? null : `group ${index % 7}${index > 60 ? index : ''}`,
  }));

const filters: readonly ProductSearch[] = [
  {},
  { category: 'Home' },
  { tag: 'tag a', inStock: true },
  { currency: 'usd', facetCurrency: 'usd', minPrice: 2_500, maxPrice: 10_000 },
  { inStock: false },
  { category: 'No such' },
];

/** What `collapse` promises. */
export function collapseContract(makeIndex: MakeIndex): void {
  describe('of groups', () => {
    let tested: IndexUnderTest;
    let all: readonly Product[];
    beforeAll(async () => {
      tested = await makeIndex();
      all = await tested.add(grouped());
    });
    afterAll(() => tested.close());

    const idsOf = (items: readonly Product[]) => items.map((item) => item.id);

    it.each(filters.map((each) => [each]))(
      'gives the first of each for %j, and counts groups',
      async (search) => {
        for (const sort of productSorts.filter((each) => each !== 'relevance')) {
          for (const text of [undefined, 'lamp']) {
            const wanted = firstOfGroups(productsOf(all, search, sort));
            const found = await tested.index.search({ ...search, sort, text, collapse: 'group' }, 100, 0);
            expect(idsOf(found.items)).toEqual(idsOf(wanted));
            expect(found).toMatchObject({ total: wanted.length, totalIsExact: true, nextCursor: null });
          }
        }
      },
    );

    it.each(filters.map((each) => [each]))('counts each group once in the facets of %j', async (search) => {
      for (const text of [undefined, 'lamp']) {
        const { facets } = await tested.index.search(
          { ...search, text, facets: true, collapse: 'group' },
          1,
          0,
        );
        expect(facets).toEqual(facetsOf(all, search, groupKey));
      }
    });

    it('gives of each the most relevant', async () => {
      const { items } = await tested.index.search({ text: 'lamp' }, 100, 0);
      const collapsed = await tested.index.search({ text: 'lamp', collapse: 'group' }, 100, 0);
      expect(idsOf(collapsed.items)).toEqual(idsOf(firstOfGroups(items)));
    });

    it('comes to the same by cursor as by offset, in every order', async () => {
      for (const sort of productSorts) {
        for (const text of [undefined, 'lamp']) {
          const search = { sort, text, collapse: 'group' } as const;
          const whole = await tested.index.search(search, 100, 0);
          const pages: ProductPage[] = [];
          for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.nextCursor)
            pages.push(await tested.index.search({ ...search, ...(cursor && { cursor }) }, 7, 0));
          expect(idsOf(pages.flatMap((page) => page.items))).toEqual(idsOf(whole.items));
          expect(new Set(pages.map((page) => page.total))).toEqual(new Set([whole.items.length]));
          const third = await tested.index.search(search, 7, 14);
          expect(idsOf(third.items)).toEqual(idsOf(pages[2]?.items ?? []));
        }
      }
    });

    it('refuses a cursor of the list without groups, and the other way round', async () => {
      for (const [one, other] of [
        [{}, { collapse: 'group' }],
        [{ collapse: 'group' }, {}],
      ] as const) {
        const { nextCursor } = await tested.index.search({ sort: 'price', ...one }, 5, 0);
        const asked = tested.index.search({ sort: 'price', ...other, cursor: `${nextCursor}` }, 5, 0);
        await expect(asked).rejects.toMatchObject({ code: 'validation-failed' });
      }
    });

    it('marks what was found, and knows what variants have beside it', async () => {
      const search = { text: 'zebra', highlight: true, collapse: 'group' } as const;
      const [found] = (await tested.index.search(search, 1, 0)).items;
      expect(found).toMatchObject({
        highlights: { name: '<mark>Zebra</mark> lamp' },
        options: {},
        media: [],
      });
    });
  });
}
