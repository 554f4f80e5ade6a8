import type { Product } from '../../src/domain/product.ts';
import type { Suggestion } from '../../src/domain/search-index.ts';
import { demoProducts } from '../../src/seed/demo-products.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';

const textsOf = (suggestions: readonly Suggestion[]) => suggestions.map((each) => each.text);

/** What every index suggests while somebody types. */
export function suggestionContract(makeIndex: MakeIndex): void {
  describe('suggests', () => {
    let tested: IndexUnderTest;
    let all: readonly Product[];
    beforeAll(async () => {
      tested = await makeIndex();
      all = await tested.add(demoProducts('usd'));
    });
    afterAll(() => tested.close());

    const suggest = (text: string) => tested.index.suggest(text, 10);

    it.each([
      ['k', ['Kitchen', 'Kite Skylark']],
      ['kit', ['Kitchen', 'Kite Skylark']],
      ['KITCHEN', ['Kitchen', 'Digital Kitchen Scale']],
      ['the', ['The Café at the End of Winter', 'The Lighthouse Ledger', 'The Quiet Algorithm']],
      ['cafe', ['Café Crème Cup Set', 'The Café at the End of Winter']],
      ['cast ir', ['Cast Iron Skillet 26 cm', 'Cooking with Cast Iron']],
    ])('for "%s" first %j', async (text, first) => {
      expect(textsOf(await suggest(text)).slice(0, first.length)).toEqual(first);
    });

    it.each([
      ['head', 'Aurora Wireless Headphones'],
      ['wireless h', 'Aurora Wireless Headphones'],
      ['h wirel', 'Aurora Wireless Headphones'],
      ["chef's kn", "Chef's Knife 20 cm"],
      ['hammock with st', 'Hammock with Straps'],
      ['usb-c ca', 'Braided USB-C Cable, 2 m'],
      // Misspelt, and not finished either.
      ['hedp', 'Pebble In-Ear Headphones'],
      ['haedph', 'Pebble In-Ear Headphones'],
      ['keybo', 'Clack Mechanical Keyboard'],
      ['kyeb', 'Clack Mechanical Keyboard'],
      ['wirless headpo', 'Aurora Wireless Headphones'],
      ['kithcen', 'Kitchen'],
    ])('for "%s", among others, %s', async (text, name) => {
      expect(textsOf(await suggest(text))).toContain(name);
    });

    it.each(['zzz', 'hde', 'xylophone', 'mug xylophone', '!!!', '-'])('for "%s" nothing', async (text) => {
      expect(await suggest(text)).toEqual([]);
    });

    it('products by id, and categories as they are', async () => {
      const kite = all.find((product) => product.name === 'Kite Skylark');
      expect((await suggest('ki')).slice(0, 2)).toEqual([
        { kind: 'category', text: 'Kitchen' },
        { kind: 'product', text: 'Kite Skylark', id: kite?.id },
      ]);
    });

    it('as many as were asked for, each name once, and only what is on sale', async () => {
      expect(await tested.index.suggest('c', 4)).toHaveLength(4);
      const [gone, ...twins] = await tested.add(['Quince Jam', 'Quince Tart', 'Quince Tart'].map(named));
      if (gone) await tested.remove(gone);
      expect(await suggest('quin')).toEqual([{ kind: 'product', text: 'Quince Tart', id: twins[0]?.id }]);
      const oneLetter = await suggest('c');
      expect(oneLetter).toHaveLength(10);
      expect(new Set(textsOf(oneLetter)).size).toBe(10);
    });

    const named = (name: string) => ({
      ...(demoProducts('usd')[0] as ReturnType<typeof demoProducts>[number]),
      name,
    });
  });
}
