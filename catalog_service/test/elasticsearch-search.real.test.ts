import type { ProductSearch } from '../src/search/search-index.ts';
import { createTestIndices } from './support/elasticsearch.ts';
import { elasticsearchIndexMaker } from './support/elasticsearch-index.ts';
import { relevanceSuite } from './support/relevance-suite.ts';
import { searchIndexContract } from './support/search-index.contract.ts';

const indices = createTestIndices();
const makeIndex = elasticsearchIndexMaker(indices);

afterAll(() => indices.removeAll());

searchIndexContract('Elasticsearch', makeIndex);
relevanceSuite('Elasticsearch', makeIndex);

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
