import type { NewProduct, Product } from '../../src/domain/product.ts';
import {
  documentOf,
  tombstoneOf,
  type Versioned,
  writeDocuments,
} from '../../src/search/elasticsearch/document.ts';
import { createElasticsearchSearchIndex } from '../../src/search/elasticsearch/elasticsearch-search-index.ts';
import { definition } from '../../src/search/elasticsearch/index-definition.ts';
import type { TestIndices } from './elasticsearch.ts';
import type { IndexUnderTest } from './index-under-test.ts';

/** An index of its own, of a catalog that is in the test's memory. */
export const elasticsearchIndexMaker = (indices: TestIndices) => async (): Promise<IndexUnderTest> => {
  const client = await indices.open();
  const index = indices.newName();
  const alias = `${index}-alias`;
  await client.indices.create({ index, ...definition(0), aliases: { [alias]: {} } });
  const save = async (documents: readonly Versioned[]) => {
    const failures = await writeDocuments(client, alias, documents);
    for (const failure of failures) if (failure !== undefined) throw failure;
    await client.indices.refresh({ index });
  };
  let lastId = 0;
  return {
    index: createElasticsearchSearchIndex(client, alias),
    add: async (given) => {
      const products = given.map((each) => newProduct(++lastId, each));
      await save(products.map(documentOf));
      return products;
    },
    change: async (product, content, stock = product.stock) => {
      const { revision, version } = product;
      const changed = { ...product, ...content, stock, revision: revision + 1, version: version + 1 };
      await save([documentOf(changed)]);
      return changed;
    },
    remove: ({ id, version }) => save([tombstoneOf({ id, version: version + 1 })]),
    close: async () => {
      await client.indices.delete({ index });
    },
  };
};

function newProduct(id: number, given: NewProduct): Product {
  const now = new Date().toISOString();
  return { id, ...given, revision: 1, version: 1, createdAt: now, updatedAt: now };
}
