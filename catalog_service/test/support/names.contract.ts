import { type NewProduct, noVariant, type Product } from '../../src/domain/product.ts';
import type { ProductSearch } from '../../src/domain/search-index.ts';
import { catalogNames } from './catalog-names.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';

const named = (name: string, more: Partial<NewProduct> = {}): NewProduct => ({
  ...{ name, description: 'This is what it is.', price: 1_000, currency: 'usd', stock: 1 },
  ...{ category: null, tags: [], imageUrl: null, ...noVariant },
  ...more,
});

/** As a keyboard without accents, or a caller who leaves them out, has it. */
const withoutAccents = (name: string) =>
  name.normalize('NFD').replace(/(?![\u30fc\u3099\u309a\uff70\uff9e\uff9f])\p{Diacritic}/gu, '');

/** Every index finds what it is asked for by name, whatever the script and however it is written. */
export function namesContract(makeIndex: MakeIndex): void {
  describe('of names in twenty scripts', () => {
    let tested: IndexUnderTest;
    let all: readonly Product[];
    beforeAll(async () => {
      tested = await makeIndex();
      all = await tested.add(catalogNames.map((name) => named(name)));
    });
    afterAll(() => tested.close());

    const find = async (text: string) =>
      (await tested.index.search({ text }, 100, 0)).items.map(({ name }) => name);

    it.each(catalogNames)('finds "%s" first by its name, in any form of it', async (name) => {
      const forms = [
        name,
        name.normalize('NFD'),
        name.normalize('NFC'),
        name.toUpperCase(),
        name.toLowerCase(),
      ];
      for (const text of new Set([...forms, `  ${name} `])) expect((await find(text))[0]).toBe(name);
      expect(await find(withoutAccents(name))).toContain(name);
    });

    it.each(catalogNames.filter((name) => /[\p{L}\p{N}]/u.test(name)))(
      'finds "%s" by each of its words',
      async (name) => {
        for (const word of name.split(/\s+/).filter((each) => /[\p{L}\p{N}]/u.test(each)))
          expect(await find(word)).toContain(name);
      },
    );

    it('suggests each of them', async () => {
      for (const { name, id } of all.filter((each) => /[\p{L}\p{N}]/u.test(each.name))) {
        const suggested = await tested.index.suggest(name, 10);
        expect(suggested).toContainEqual({ kind: 'product', text: name, id });
      }
    });
  });
}

const scripts = [
  'Łódź,Lodz,Loud,Zebra,Øre,ore,Orb,Æble,aeble,adder,After,Đồng,Dong,Œuf,Oeuf,Office,straße,Strasse,strata,ısı,isi,İzmir',
  'Яблоко,ёлка,елка,Йод,Ива,їжа,іній,ґава,Гуси,Жук,Ђорђе',
  'ώρα,Ωμέγα,Άνθος,ανθός,ΌΔΟΣ,οδός',
  'שלום,שָׁלוֹם,תה,כוס',
  'كتاب,كِتَاب,أرز,ارز,چای,شاي',
  'हिन्दी,किताब,कलम,क़लम',
  'ไทย,ชาไทย,แก้ว,เก้า,กาแฟ',
  '中国,红茶,茶,一,手机',
  'ガラス,カラス,がらす,ｶﾞﾗｽ,コーヒー',
  '한국,가방,책,각,가나',
  'ქართული,Հայկական,አማርኛ,தமிழ்,বাংলা',
  '!,½,1/2,10,9,C++,C#,.NET,_,"quoted",- dash,™,🎁,$5,é,e,E,É,e\u0301',
].flatMap((line) => line.split(','));

/** What every index does with whole names, categories and tags. */
export function orderContract(makeIndex: MakeIndex): void {
  describe('in the order that a reader expects', () => {
    let tested: IndexUnderTest;
    beforeEach(async () => {
      tested = await makeIndex();
    });
    afterEach(() => tested.close());

    const find = async (search: ProductSearch) =>
      (await tested.index.search(search, 100, 0)).items.map(({ name }) => name);

    it('sorts names as ICU does without accents and capitals, equals by their characters, page by page', async () => {
      const { compare } = new Intl.Collator('und', { sensitivity: 'base' });
      const bytes = (a: string, b: string) => Buffer.compare(Buffer.from(a), Buffer.from(b));
      const sorted = scripts.toSorted((a, b) => compare(a, b) || bytes(a, b));
      await tested.add([...scripts, ...scripts.slice(0, 5)].map((name) => named(name)));
      for (const [sort, expected] of [
        ['name', sorted],
        ['-name', sorted.toReversed()],
      ] as const) {
        const found: Product[] = [];
        for (let cursor: string | null | undefined; cursor !== null; ) {
          const page = await tested.index.search({ sort, ...(cursor && { cursor }) }, 7, 0);
          found.push(...page.items);
          cursor = page.nextCursor;
        }
        expect([...new Set(found.map(({ name }) => name))]).toEqual(expected);
        expect(new Set(found.map(({ id }) => id)).size).toBe(scripts.length + 5);
      }
    });

    it.each([
      ['c++ primer', ['C++ Primer', 'C++ Primer, 5th ed.', 'C Primer']],
      ['C Primer', ['C Primer', 'C++ Primer']],
      ['vitamin a', ['Vitamin A', 'Vitamin A+ Cream', 'Vitamin']],
      ['Vitamin B', ['Vitamin B', 'Vitamin']],
      ['lego', ['LEGO', 'Lego™', 'Lego Duplo', 'Duplo for Lego']],
      ['Lego™', ['Lego™', 'LEGO']],
      ['the who', ['The Who', 'The Who, Live']],
      ['chef', ['Chef', "Chef's Knife", 'Chefs']],
      ['红茶', ['红茶', '红茶杯', '中国红茶']],
      ['ıstanbul', ['ıstanbul', 'İstanbul']],
      ['smørrebrod', ['smørrebrod', 'Smørrebrød']],
    ])('puts for "%s" first %j', async (text, names) => {
      const noise = ['A', 'B', 'Primer', 'Vitamin', 'Vitamin B12', 'Who Is the Chef', 'C', 'C#'];
      const all = [...new Set([...names, ...noise])].toReversed();
      // What stands elsewhere, too, counts less than the name.
      const labels = { category: text, tags: [text], description: `${text} ${text}` };
      await tested.add(all.map((name) => named(name, name === names[0] ? {} : labels)));
      expect((await find({ text })).slice(0, names.length - 1)).toEqual(names.slice(0, -1));
      expect((await tested.index.search({ text, highlight: true }, 100, 0)).items[0]?.name).toBe(names[0]);
    });

    it('finds words within a run of characters without spaces, one after the other', async () => {
      await tested.add([
        named('中国红茶'),
        named('红色茶杯'),
        named('茶'),
        named('절인 배추김치'),
        named('ชาไทย'),
      ]);
      expect(await find({ text: '红茶' })).toEqual(['中国红茶']);
      expect(await find({ text: '中国 茶' })).toEqual(['中国红茶']);
      expect((await find({ text: '茶' })).toSorted()).toEqual(['中国红茶', '红色茶杯', '茶'].toSorted());
      expect(await find({ text: '김치' })).toEqual(['절인 배추김치']);
      expect(await find({ text: 'ไทย' })).toEqual(['ชาไทย']);
      expect(await find({ text: '国茶' })).toEqual([]);
      const [found] = (await tested.index.search({ text: '红茶', highlight: true }, 1, 0)).items;
      expect(found?.highlights).toEqual({ name: '中国<mark>红茶</mark>' });
    });

    it('finds words that say little in names only, and only when there are no others', async () => {
      const description = 'It is what it is, and who is the one to be or not to be?';
      await tested.add(
        ['The Who', 'IT', 'To Be or Not to Be', 'Lamp'].map((name) => named(name, { description })),
      );
      expect(await find({ text: 'the who' })).toEqual(['The Who']);
      expect(await find({ text: 'it' })).toEqual(['IT']);
      expect(await find({ text: 'To be, or not to be' })).toEqual(['To Be or Not to Be']);
      expect(await find({ text: 'who is the lamp' })).toEqual(['Lamp']);
    });

    it('takes categories and tags for the same that are written in several ways, and shows the oldest', async () => {
      await tested.add([
        named('One', { category: 'Books', tags: ['Sale', 'SALE', 'Straße'] }),
        named('Two', { category: 'BOOKS', tags: ['sale'] }),
        named('Three', { category: 'Bo\u0302oks', tags: ['STRASSE'] }),
        named('Four', { category: 'Bookshelves', tags: ['sales'] }),
      ]);
      expect(await find({ category: 'books', sort: 'newest' })).toEqual(['Three', 'Two', 'One']);
      expect(await find({ category: ' bôóks', tag: 'strasse', sort: 'newest' })).toEqual(['Three', 'One']);
      expect(await find({ tag: 'ſale', text: 'two' })).toEqual(['Two']);
      const { facets } = await tested.index.search({ facets: true }, 1, 0);
      expect(facets?.categories).toEqual([
        { value: 'Books', count: 3 },
        { value: 'Bookshelves', count: 1 },
      ]);
      expect(facets?.tags).toEqual([
        { value: 'Sale', count: 2 },
        { value: 'Straße', count: 2 },
        { value: 'sales', count: 1 },
      ]);
      expect(await tested.index.suggest('book', 10)).toEqual([
        { kind: 'category', text: 'Books' },
        { kind: 'category', text: 'Bookshelves' },
      ]);
    });
  });
}
