import type { ProductSearch } from '../src/search/search-index.ts';
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
relevanceSuite('Elasticsearch', makeIndex, 0.95);

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
    ['desklamp', ['LED <mark>Desk Lamp</mark>']],
    ['powerbank', ['Harbour <mark>Power Bank</mark> 20,000 mAh']],
    ['back pack', ['Ridge <mark>Backpack</mark> 40 L']],
    ['ridge back pack', ['<mark>Ridge</mark> <mark>Backpack</mark> 40 L']],
    ['key board clack', ['<mark>Clack</mark> Mechanical <mark>Keyboard</mark>']],
    // Two that are one, but also two.
    ['head phones', ['Aurora Wireless <mark>Headphones</mark>', 'Pebble In-Ear <mark>Headphones</mark>']],
    // Not one of the parts alone, and not as parts of other words.
    ['desklump', []],
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

it('goes to pages that are further than Elasticsearch sorts at once', async () => {
  const tested = await makeIndex();
  const all = await tested.add(Array.from({ length: 18_500 }, (_, index) => lamp(index)));
  const idsFrom = async (search: ProductSearch, offset: number) =>
    (await tested.index.search(search, 3, offset)).items.map(({ id }) => id);
  const ids = all.map(({ id }) => id).reverse();
  for (const offset of [9_000, 9_001, 18_400, 18_498])
    expect(await idsFrom({}, offset)).toEqual(ids.slice(offset, offset + 3));
  const cursor = (await tested.index.search({}, 10, 0)).nextCursor as string;
  expect(await idsFrom({ cursor }, 12_000)).toEqual(ids.slice(12_010, 12_013));
  for (const offset of [18_500, 2_147_483_647]) {
    const page = await tested.index.search({ text: 'lamp' }, 3, offset);
    expect(page).toMatchObject({ items: [], total: 18_500, nextCursor: null });
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
});
