import { noVariant } from '../src/domain/product.ts';
import { demoProducts } from '../src/seed/demo-products.ts';
import { hardCases } from './relevance/hard-cases.ts';
import { createTestIndices } from './support/elasticsearch.ts';
import { elasticsearchIndexMaker } from './support/elasticsearch-index.ts';
import type { IndexUnderTest } from './support/index-under-test.ts';
import { makePostgresIndex } from './support/postgres-index.ts';
import { rank } from './support/reciprocal-rank.ts';
import { relevanceSuite } from './support/relevance-suite.ts';
import { searchIndexContract } from './support/search-index.contract.ts';

const indices = createTestIndices();
const makeIndex = elasticsearchIndexMaker(indices);

afterAll(() => indices.removeAll());

searchIndexContract('Elasticsearch', makeIndex);
relevanceSuite('Elasticsearch', makeIndex, 0.9);

it('puts what is wanted nearer to the top than PostgreSQL does', async () => {
  const engines = await Promise.all([makeIndex(), makePostgresIndex()]);
  const [elasticsearch, postgres] = await Promise.all(
    engines.map(async (tested) => {
      await tested.add(demoProducts('usd'));
      return rank(tested.index, hardCases);
    }),
  );
  expect(elasticsearch?.mean).toBeGreaterThan(postgres?.mean ?? 1);
  await Promise.all(engines.map((tested) => tested.close()));
});

describe('among the demo products', () => {
  let tested: IndexUnderTest;
  beforeAll(async () => {
    tested = await makeIndex();
    await tested.add(demoProducts('usd'));
  });
  afterAll(() => tested.close());

  const namesOf = async (text: string) => {
    const { items } = await tested.index.search({ text, highlight: true }, 3, 0);
    return items.map(({ name, highlights }) => highlights?.name ?? name);
  };

  it.each([
    // One word that is two, and two that are one.
    ['desklamp', ['LED <mark>Desk</mark> <mark>Lamp</mark>']],
    ['powerbank', ['Harbour <mark>Power</mark> <mark>Bank</mark> 20,000 mAh']],
    ['back pack', ['Ridge <mark>Backpack</mark> 40 L']],
    ['ridge back pack', ['<mark>Ridge</mark> <mark>Backpack</mark> 40 L']],
    ['key board clack', ['<mark>Clack</mark> Mechanical <mark>Keyboard</mark>']],
    // Two that are one, but also two.
    ['head phones', ['Pebble In-Ear <mark>Headphones</mark>', 'Aurora Wireless <mark>Headphones</mark>']],
    // Not one of the parts alone, and not as parts of other words.
    ['mugzebra', []],
  ])('finds for "%s" %j', async (text, names) => {
    expect(await namesOf(text)).toEqual(names);
  });

  it('takes a short word for a misspelt one of names, category and tags only', async () => {
    // The motors of a desk lift it.
    expect(await namesOf('gift')).toEqual([]);
    expect(await namesOf('hazelnutt')).toHaveLength(1);
  });
});

it('counts no further than 10,000, and says so', async () => {
  const tested = await makeIndex();
  await tested.add(Array.from({ length: 10_000 }, (_, index) => lamp(index)));
  for (const text of [undefined, 'lamp'])
    expect(await tested.index.search({ text }, 1, 0)).toMatchObject({ total: 10_000, totalIsExact: true });
  await tested.add([lamp(10_001)]);
  for (const text of [undefined, 'lamp']) {
    const page = await tested.index.search({ text, facets: true }, 1, 9_000);
    expect(page).toMatchObject({ total: 10_000, totalIsExact: false, facets: { inStock: { true: 10_001 } } });
    expect(page.nextCursor).not.toBeNull();
  }
  await tested.close();
});

it('asks how many are found, once more for what may be misspelt, and for the page', async () => {
  const tested = await makeIndex();
  await tested.add([lamp(1)]);
  const { diagnostic } = await indices.open();
  let sent = 0;
  const count = () => void sent++;
  diagnostic.on('request', count);
  const sentFor = async (ask: () => Promise<unknown>) => {
    sent = 0;
    await ask();
    return sent;
  };
  const filters = { highlight: true, facets: true, inStock: true };

  expect(await sentFor(() => tested.index.search({ text: 'lamp', ...filters }, 20, 0))).toBe(2);
  expect(await sentFor(() => tested.index.search({ text: 'lmap', ...filters }, 20, 0))).toBe(3);
  expect(await sentFor(() => tested.index.search({ text: 'lamp', sort: 'price' }, 20, 0))).toBe(1);
  expect(await sentFor(() => tested.index.search({ text: 'zebra' }, 20, 0))).toBe(2);
  expect(await sentFor(() => tested.index.suggest('lam', 10))).toBe(1);
  expect(await sentFor(() => tested.index.suggest('lmap', 10))).toBe(2);
  diagnostic.off('request', count);
  await tested.close();
});

it('gives very many by where their words are and the length of their names, in pages without gaps', async () => {
  const tested = await makeIndex();
  const described = { ...lamp(0), name: 'Shelf', description: 'For a lamp.' };
  const labelled = { ...lamp(0), name: 'Reading lamp', tags: ['lamp'] };
  const named = Array.from({ length: 500 }, (_, index) => lamp(index));
  await tested.add([described, ...named, labelled, { ...lamp(0), name: 'Lamp' }]);
  const names = named.map(({ name }) => name).toSorted((a, b) => a.length - b.length);
  for (const [text, expected] of [
    ['lamp', ['Lamp', 'Reading lamp', ...names, 'Shelf']],
    // No name is so, and any short word of a description may be what is misspelt.
    ['lmap', ['Reading lamp', 'Lamp', ...names]],
  ] as const) {
    const byOffset: string[] = [];
    const byCursor: string[] = [];
    let cursor: string | null | undefined;
    for (let page = 0; page < 6; page++) {
      byOffset.push(...(await tested.index.search({ text }, 100, 100 * page)).items.map(({ name }) => name));
      const next = await tested.index.search({ text, ...(cursor && { cursor }) }, 100, 0);
      expect(next.total).toBe(expected.length);
      byCursor.push(...next.items.map(({ name }) => name));
      cursor = next.nextCursor;
    }
    expect(cursor).toBeNull();
    expect(byOffset).toEqual(expected);
    expect(byCursor).toEqual(expected);
  }
  await tested.close();
});

const lamp = (index: number) => ({
  name: `Lamp ${index}`,
  description: '',
  price: 1,
  currency: 'usd',
  stock: 1,
  category: null,
  tags: [],
  imageUrl: null,
  ...noVariant,
});
