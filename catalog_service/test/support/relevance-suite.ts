import type { SearchIndex } from '../../src/domain/search-index.ts';
import { demoProducts } from '../../src/seed/demo-products.ts';
import { type RelevanceCase, relevanceCases } from '../relevance/cases.ts';
import { hardCases } from '../relevance/hard-cases.ts';
import type { IndexUnderTest, MakeIndex } from './index-under-test.ts';
import { rank } from './reciprocal-rank.ts';

/**
 * Judges an index by what it finds among the demo products.
 * @param floor the least mean reciprocal rank that it may have in the hard cases
 */
export function relevanceSuite(name: string, makeIndex: MakeIndex, floor: number): void {
  describe(`the relevance of ${name}`, () => {
    let tested: IndexUnderTest;
    beforeAll(async () => {
      tested = await makeIndex();
      await tested.add(demoProducts('usd'));
    });
    afterAll(() => tested.close());

    it.each(relevanceCases.map((each) => [each.search, each] as const))('"%s"', async (_, expected) => {
      expect(mistakes(await namesOf(tested.index, expected.search), expected)).toEqual([]);
    });

    it(`has a mean reciprocal rank of at least ${floor} in hard cases`, async () => {
      const { mean, notFirst } = await rank(tested.index, hardCases);
      // First which cases they are that keep it down.
      expect(mean < floor ? notFirst : []).toEqual([]);
      expect(mean).toBeGreaterThanOrEqual(floor);
    });

    it('names only products that there are', () => {
      const known = new Set(demoProducts('usd').map((product) => product.name));
      const named = [
        ...relevanceCases.flatMap(({ first = [], among = [], never = [] }) => [...first, ...among, ...never]),
        ...hardCases.flatMap(({ wanted }) => wanted),
      ];
      expect(named.filter((each) => !known.has(each))).toEqual([]);
    });
  });
}

async function namesOf(index: SearchIndex, text: string): Promise<readonly string[]> {
  const { items } = await index.search({ text }, 100, 0);
  return items.map((item) => item.name);
}

/** In words, with what was found instead: a failure should read as one. */
function mistakes(found: readonly string[], expected: RelevanceCase): string[] {
  const { first = [], among = [], top = 10, never = [], most, nothing } = expected;
  const head = found.slice(0, first.length);
  const wrong = [
    ...first.filter((name) => !head.includes(name)).map((name) => `${name} does not come first`),
    ...among
      .filter((name) => !found.slice(0, top).includes(name))
      .map((name) => `${name} is not in the top ${top}`),
    ...never.filter((name) => found.includes(name)).map((name) => `${name} came`),
    ...(most !== undefined && found.length > most ? [`${found.length} came instead of ${most}`] : []),
    ...(nothing && found.length > 0 ? ['something came'] : []),
  ];
  return wrong.length === 0 ? [] : [...wrong, `found: ${found.slice(0, 12).join(' | ')}`];
}
