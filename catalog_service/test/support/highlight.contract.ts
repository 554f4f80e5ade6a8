import { type NewProduct, noVariant } from '../../src/domain/product.ts';
import type { FoundProduct, Highlights, ProductSearch } from '../../src/domain/search-index.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';

const item = (name: string, description = '', more: Partial<NewProduct> = {}): NewProduct => ({
  ...{ name, description, price: 1_000, currency: 'usd', stock: 1 },
  ...{ category: null, tags: [], imageUrl: null, ...noVariant },
  ...more,
});

const filler = 'It stands on a shelf of the shop among many others, and nobody asks for it by any name.';

const catalog = [
  item('Salt & <b>Pepper</b> "Mill", it\'s', 'Grinds <mark>pepper</mark> & salt: 1 < 2.'),
  item('Canvas Sneakers', 'Rubber soles. Running in sneakers is a joy.'),
  item('Wireless Headphones', 'One charge lasts a day; charging takes an hour.'),
  item('Cafe\u0301 Au Lait Bowl', 'For a café\u2029at home, or a cafe\u0301.'),
  item('Plain T-Shirt', 'Black.'),
  item('Desk', 'Made of oak.', { category: 'Furniture', tags: ['study'] }),
  item('Braided USB-C Cable', 'For USB ports.'),
  item('Atlas', `${filler} ${filler} The zeppelin 🪔 flew. ${filler} A zeppelin and a walrus met. ${filler}`),
  item('Tome', `${'🪔 page '.repeat(240)} narwhal ${'page '.repeat(80)} dugong`),
  item('The Lighthouse'),
  item('Coffee Cup', 'A cup for coffee, in a carton.'),
  item('Path a/lamp.test:80', 'Write to lamp@shop.test, or see https://shop.test/lamp?x=lamp#lamp now.'),
];

/** An excerpt with all that is marked in `whole`: the engines cut descriptions between words or between sentences. */
function excerptOf(whole: string) {
  const marks = (text: string) => text.match(/<mark>.*?<\/mark>/g)?.length;
  return {
    asymmetricMatch: (shown: unknown) =>
      typeof shown === 'string' &&
      whole.includes(shown.replace(/^…/, '').replace(/…$/, '')) &&
      shown.startsWith('…') === !whole.startsWith(shown.slice(0, 10)) &&
      marks(shown) === marks(whole),
    toString: () => `ExcerptOf<${whole}>`,
    getExpectedType: () => 'string',
    toAsymmetricMatcher: () => `ExcerptOf<${whole}>`,
  };
}

/** How every search index shows where it found what. */
export function highlightContract(makeIndex: MakeIndex): void {
  describe('highlights', () => {
    let tested: IndexUnderTest;
    beforeAll(async () => {
      tested = await makeIndex();
      await tested.add(catalog);
    });
    afterAll(() => tested.close());

    const find = async (search: ProductSearch): Promise<readonly FoundProduct[]> =>
      (await tested.index.search({ highlight: true, ...search }, 20, 0)).items;

    const all: readonly (readonly [string, Highlights])[] = [
      [
        'pepper',
        {
          name: 'Salt &amp; &lt;b&gt;<mark>Pepper</mark>&lt;/b&gt; &quot;Mill&quot;, it&#39;s',
          description: 'Grinds &lt;mark&gt;<mark>pepper</mark>&lt;/mark&gt; &amp; salt: 1 &lt; 2.',
        },
      ],
      // A word with another ending, in several places.
      [
        'SNEAKER',
        {
          name: 'Canvas <mark>Sneakers</mark>',
          description: 'Rubber soles. Running in <mark>sneakers</mark> is a joy.',
        },
      ],
      ['run', { description: 'Rubber soles. <mark>Running</mark> in sneakers is a joy.' }],
      // Another word for the same, misspelt too.
      [
        'rubber trainers',
        {
          name: 'Canvas <mark>Sneakers</mark>',
          description: '<mark>Rubber</mark> soles. Running in <mark>sneakers</mark> is a joy.',
        },
      ],
      [
        'trianers',
        {
          name: 'Canvas <mark>Sneakers</mark>',
          description: 'Rubber soles. Running in <mark>sneakers</mark> is a joy.',
        },
      ],
      // Misspelt, and not finished.
      ['hedphones', { name: 'Wireless <mark>Headphones</mark>' }],
      ['wirel', { name: '<mark>Wireless</mark> Headphones' }],
      ['wirless headph', { name: '<mark>Wireless</mark> <mark>Headphones</mark>' }],
      [
        'headphones charg',
        {
          name: 'Wireless <mark>Headphones</mark>',
          description: 'One <mark>charge</mark> lasts a day; <mark>charging</mark> takes an hour.',
        },
      ],
      // Accents, in one character with the letter or in one of their own; a paragraph is no end.
      [
        'cafe',
        {
          name: '<mark>Cafe\u0301</mark> Au Lait Bowl',
          description: 'For a <mark>café</mark>\u2029at home, or a <mark>cafe\u0301</mark>.',
        },
      ],
      ['home', { description: 'For a café\u2029at <mark>home</mark>, or a cafe\u0301.' }],
      // Found elsewhere.
      ['furniture', {}],
      ['study oak', { description: 'Made of <mark>oak</mark>.' }],
      // Words that are left out.
      ['the lighthouse', { name: 'The <mark>Lighthouse</mark>' }],
      ['xylophone oak', { description: 'Made of <mark>oak</mark>.' }],
      ['usb-c', { name: 'Braided <mark>USB-C</mark> Cable', description: 'For <mark>USB</mark> ports.' }],
      // One letter may be no word to an engine.
      ['tshirt', { name: expect.stringMatching(/^Plain (T-<mark>|<mark>T-)Shirt<\/mark>$/) }],
      // Of what begins with one or two letters, only names count.
      ['co', { name: '<mark>Coffee</mark> Cup' }],
      // What looks like an address is words.
      [
        'lamp',
        {
          name: 'Path a/<mark>lamp</mark>.test:80',
          description:
            'Write to <mark>lamp</mark>@shop.test, or see https://shop.test/<mark>lamp</mark>?x=<mark>lamp</mark>#<mark>lamp</mark> now.',
        },
      ],
    ];
    it.each(all)('the words of "%s"', async (text, highlights) => {
      const { name, description } = highlights;
      const wanted = { ...(name && { name }), ...(description && { description: excerptOf(description) }) };
      expect((await find({ text })).map((found) => found.highlights)).toStrictEqual([wanted]);
    });

    it('in an excerpt of a long description, of where the most words are', async () => {
      const [found] = await find({ text: 'zeppelin walrus' });
      const html = found?.highlights?.description ?? '';
      expect(html).toMatch(/^….*<mark>zeppelin<\/mark> and a <mark>walrus<\/mark> met.*…$/);
      const shown = html.replace(/<.*?>/g, '');
      expect(shown.length).toBeGreaterThan(60);
      expect(shown.length).toBeLessThan(200);
      expect(found?.description).toContain(shown.slice(1, -1));
    });

    it('of the first two thousand characters', async () => {
      const [found] = await find({ text: 'narwhal dugong' });
      expect(found?.highlights?.description).toMatch(/^….*<mark>narwhal<\/mark>.*…$/);
      expect((await find({ text: 'dugong' })).map((each) => each.highlights)).toStrictEqual([{}]);
    });

    it('in every order, and when no product has all words', async () => {
      const found = await find({ text: 'headphones oak', sort: 'name' });
      expect(found.map((each) => [each.name, each.highlights])).toEqual([
        ['Desk', { description: 'Made of <mark>oak</mark>.' }],
        ['Wireless Headphones', { name: 'Wireless <mark>Headphones</mark>' }],
      ]);
    });

    it('only when asked to, and changes nothing else', async () => {
      for (const search of [{ text: 'a' }, { text: 'coffee' }, { text: 'oak headphones' }, {}]) {
        const plain = await tested.index.search(search, 1, 0);
        expect(plain.items[0]).not.toHaveProperty('highlights');
        const marked = await tested.index.search({ ...search, highlight: true }, 1, 0);
        const items = marked.items.map(({ highlights, ...product }) => product);
        expect({ ...marked, items }).toEqual(plain);
        if (search.text === undefined) expect(marked).toEqual(plain);
        else expect(marked.items[0]).toHaveProperty('highlights');
      }
      const found = await tested.index.search({ text: 'oak headphones', highlight: true }, 1, 0);
      const cursor = found.nextCursor as string;
      const next = await tested.index.search({ text: 'oak headphones', cursor }, 1, 0);
      expect(next.items[0]).toHaveProperty('id');
      expect(next.items[0]).not.toHaveProperty('highlights');
    });
  });
}
