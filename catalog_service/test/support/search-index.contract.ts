import { type NewProduct, noVariant, type Product } from '../../src/domain/product.ts';
import { type ProductPage, type ProductSearch, productSorts } from '../../src/domain/search-index.ts';
import { writeCursor } from '../../src/search/cursor.ts';
import { assortedLamps, facetsOf, productsOf } from './catalog-model.ts';
import { collapseContract } from './collapse.contract.ts';
import { highlightContract } from './highlight.contract.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';
import { namesContract, orderContract } from './names.contract.ts';
import { suggestionContract } from './suggestion.contract.ts';

/** What every search index promises, whatever its engine; what it finds first is for the relevance suite. */
export function searchIndexContract(name: string, makeIndex: MakeIndex): void {
  describe(`the search index on ${name}`, () => {
    freshness(makeIndex);
    listing(makeIndex);
    paging(makeIndex);
    suggestionContract(makeIndex);
    highlightContract(makeIndex);
    namesContract(makeIndex);
    orderContract(makeIndex);
    collapseContract(makeIndex);
  });
}

const idsOf = (items: readonly Product[]) => items.map((item) => item.id);

const product = (name: string, more: Partial<NewProduct> = {}): NewProduct => ({
  name,
  description: '',
  price: 1_000,
  currency: 'usd',
  stock: 1,
  category: null,
  tags: [],
  imageUrl: null,
  ...noVariant,
  ...more,
});

function freshness(makeIndex: MakeIndex): void {
  describe('of a catalog that changes', () => {
    let tested: IndexUnderTest;
    beforeEach(async () => {
      tested = await makeIndex();
    });
    afterEach(() => tested.close());

    it('answers for an empty one', async () => {
      const empty = { items: [], total: 0, totalIsExact: true, nextCursor: null };
      const facets = facetsOf([], {});
      expect(await tested.index.search({}, 20, 0)).toEqual(empty);
      expect(await tested.index.search({ text: 'lamp' }, 20, 0)).toEqual(empty);
      expect(await tested.index.search({ facets: true }, 20, 0)).toEqual({ ...empty, facets });
      expect(await tested.index.search({ text: 'lamp', facets: true }, 20, 0)).toEqual({ ...empty, facets });
      expect(await tested.index.suggest('la', 10)).toEqual([]);
    });

    it('gives each product whole, as it is by now', async () => {
      const given = product('Lamp', { category: 'Home', tags: ['light'], imageUrl: 'https://x.test/a.png' });
      const [added] = (await tested.add([given])) as [Product];
      expect((await tested.index.search({ text: 'lamp' }, 20, 0)).items).toEqual([added]);
      const changed = await tested.change(added, { name: 'Candle', category: null }, 0);
      expect((await tested.index.search({}, 20, 0)).items).toEqual([changed]);
      expect((await tested.index.search({ text: 'candle', inStock: false }, 20, 0)).total).toBe(1);
      expect((await tested.index.search({ text: 'lamp' }, 20, 0)).total).toBe(0);
      await tested.remove(changed);
      expect((await tested.index.search({}, 20, 0)).total).toBe(0);
      expect((await tested.index.search({ text: 'candle' }, 20, 0)).total).toBe(0);
    });

    it('finds accents that are characters of their own, and by them', async () => {
      await tested.add([product('Cafe\u0301'), product('Café', { description: 'pate\u0301' })]);
      for (const text of ['cafe', 'Café', 'CAFE\u0301', 'cafes', 'cafee', 'caf'])
        expect((await tested.index.search({ text }, 20, 0)).total).toBe(2);
      expect((await tested.index.search({ text: 'pâte' }, 20, 0)).total).toBe(1);
      expect(await tested.index.suggest('café', 10)).toHaveLength(1);
    });

    it('does not take a word for known that no product has any more', async () => {
      const [wrong] = (await tested.add([product('Headphnoes')])) as [Product];
      await tested.change(wrong, { name: 'Headphones' });
      expect((await tested.index.search({ text: 'headphnoes' }, 20, 0)).total).toBe(1);
    });
  });
}

const filters: readonly ProductSearch[] = [
  {},
  { category: 'Home' },
  { category: 'Ähnliches' },
  { category: 'home' },
  { tag: 'tag a' },
  { tag: 'tag' },
  { currency: 'idr' },
  { currency: 'eur' },
  { facetCurrency: 'idr' },
  { currency: 'usd', facetCurrency: 'usd', category: 'Home', maxPrice: 10_000 },
  { facetCurrency: 'usd', minPrice: 2_500, inStock: true },
  { minPrice: 2_500 },
  { minPrice: 999_999_999_999 },
  { maxPrice: 2_499 },
  { minPrice: 2_499, maxPrice: 10_000 },
  { minPrice: 9_000, maxPrice: 1 },
  { inStock: true },
  { inStock: false },
  { category: 'Office', tag: 'tag b', minPrice: 1, maxPrice: 20_000, inStock: true },
  { category: 'Home', inStock: false, tag: 'tag c' },
  { category: 'No such' },
];

function listing(makeIndex: MakeIndex): void {
  describe('of eighty lamps', () => {
    let tested: IndexUnderTest;
    let all: readonly Product[];
    beforeAll(async () => {
      tested = await makeIndex();
      all = await tested.add(assortedLamps());
    });
    afterAll(() => tested.close());

    it.each(filters.map((each) => [each]))(
      'gives those of %j, with facets that leave out their own',
      async (search) => {
        const wanted = productsOf(all, search, 'newest');
        for (const text of [undefined, 'lamp']) {
          const plain = { ...search, text, sort: 'newest' } as const;
          const found = await tested.index.search({ ...plain, facets: true }, 100, 0);
          expect(idsOf(found.items)).toEqual(idsOf(wanted));
          expect(found).toMatchObject({ total: wanted.length, totalIsExact: true });
          expect(found.facets).toEqual(facetsOf(all, search));
          const { facets, ...page } = found;
          expect(await tested.index.search(plain, 100, 0)).toEqual(page);
        }
      },
    );

    it.each(productSorts)('sorts by %s, equals by id', async (sort) => {
      const { items } = await tested.index.search({ sort }, 100, 0);
      expect(idsOf(items)).toEqual(idsOf(productsOf(all, {}, sort)));
    });

    it('gives the newest first, or the most relevant when there is a text', async () => {
      const first = async (search: ProductSearch) => (await tested.index.search(search, 1, 0)).items[0]?.name;
      expect(await first({})).toBe(all.at(-1)?.name);
      expect(await first({ text: 'zebra' })).toBe('Zebra lamp');
      expect(await first({ text: 'lamp' })).toBe('Lamp');
    });

    it('tells the total beyond the last page, too', async () => {
      const page = await tested.index.search({ inStock: true }, 10, 5_000);
      expect(page).toMatchObject({ items: [], nextCursor: null });
      expect(page.total).toBe(productsOf(all, { inStock: true }, 'newest').length);
    });

    it.each([
      '"',
      "'",
      '\\',
      "a'b\\c",
      ':*',
      '&|!()<->',
      '%_',
      'lamp:*&!x',
      '{}[]$1',
      '🪔',
      'لمبة',
      'x'.repeat(200),
    ])('takes %j for a text, not for a query', async (text) => {
      const page = await tested.index.search({ text }, 5, 0);
      expect(page.items.length).toBeLessThanOrEqual(page.total);
      expect(Array.isArray(await tested.index.suggest(text, 10))).toBe(true);
    });
  });
}

function paging(makeIndex: MakeIndex): void {
  describe('page by page', () => {
    let tested: IndexUnderTest;
    let all: readonly Product[];
    beforeEach(async () => {
      tested = await makeIndex();
      all = await tested.add(assortedLamps());
    });
    afterEach(() => tested.close());

    async function follow(search: ProductSearch, between: () => Promise<unknown> = async () => {}) {
      const pages: ProductPage[] = [];
      for (let cursor: string | null | undefined; cursor !== null; cursor = pages.at(-1)?.nextCursor) {
        pages.push(await tested.index.search({ ...search, ...(cursor && { cursor }) }, 16, 0));
        await between();
      }
      return pages;
    }

    it('comes to the same by cursor as by offset, in every order', async () => {
      for (const sort of productSorts) {
        for (const text of [undefined, 'lamp']) {
          const pages = await follow({ sort, text });
          const whole = await tested.index.search({ sort, text }, 100, 0);
          expect(idsOf(pages.flatMap((page) => page.items))).toEqual(idsOf(whole.items));
          expect(pages.map((page) => page.total)).toEqual(Array(5).fill(80));
          const third = await tested.index.search({ sort, text }, 16, 32);
          expect(idsOf(third.items)).toEqual(idsOf(pages[2]?.items ?? []));
        }
      }
    });

    it('by cursor gives once what stays as it is, whatever comes and goes meanwhile', async () => {
      for (const sort of ['newest', 'price', '-name'] as const) {
        const steady = all.slice(20);
        const going = [...all.slice(0, 4)];
        const pages = await follow({ sort }, async () => {
          const next = going.pop();
          if (next) await tested.remove(next);
          await tested.add([product('A lamp of today', { price: 0 })]);
        });
        const seen = idsOf(pages.flatMap((page) => page.items));
        expect(new Set(seen).size).toBe(seen.length);
        expect(idsOf(steady).filter((id) => !seen.includes(id))).toEqual([]);
        await tested.close();
        tested = await makeIndex();
        all = await tested.add(assortedLamps());
      }
    });

    it('goes on from a cursor of another engine, but not by its scores', async () => {
      const [first] = (await tested.index.search({ sort: 'name' }, 1, 0)).items as [Product];
      const position = { id: first.id, value: first.name };
      const cursor = writeCursor(position, { sort: 'name' }, 'another engine');
      const { items } = await tested.index.search({ sort: 'name', cursor }, 3, 0);
      expect(idsOf(items)).toEqual(idsOf(productsOf(all, {}, 'name').slice(1, 4)));
      const scored = writeCursor({ id: first.id, value: 7 }, { text: 'lamp' }, 'another engine');
      await expectRefused({ text: 'lamp', cursor: scored });
    });

    it('refuses a cursor of another search, and what is none', async () => {
      const search = { text: 'Lamp', sort: 'price', category: 'Home' } as const;
      const cursor = (await tested.index.search(search, 5, 0)).nextCursor as string;
      expect((await tested.index.search({ ...search, text: ' LAMP ', cursor }, 5, 0)).items.length).toBe(5);
      await expectRefused({ ...search, cursor, category: 'Office' });
      await expectRefused({ ...search, cursor, text: 'zebra' });
      await expectRefused({ ...search, cursor, sort: '-price' });
      await expectRefused({ ...search, cursor, inStock: true });
      await expectRefused({ ...search, cursor, currency: 'usd' });
      const [print] = JSON.parse(Buffer.from(cursor, 'base64url').toString());
      const forged = [
        [print, 1],
        [print, 0, 5],
        [print, 1, 5, 6],
        [print, 1.5, 5],
        [print, 2 ** 31, 5],
        [print, 1, -1],
        [print, 1, 'x'],
        [print, 1, null],
        ['', 1, 5],
        { length: 3 },
        7,
      ].map((each) => Buffer.from(JSON.stringify(each)).toString('base64url'));
      for (const broken of ['x', cursor.slice(1), `${cursor.slice(0, -4)}`, '!', ...forged])
        await expectRefused({ ...search, cursor: broken });
    });

    const expectRefused = (search: ProductSearch) =>
      expect(tested.index.search(search, 5, 0)).rejects.toMatchObject({
        status: 400,
        code: 'validation-failed',
        errors: [{ field: 'cursor' }],
      });
  });
}
