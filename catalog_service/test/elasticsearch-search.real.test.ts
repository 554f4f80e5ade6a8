import { createTestIndices } from './support/elasticsearch.ts';
import { elasticsearchIndexMaker } from './support/elasticsearch-index.ts';
import { relevanceSuite } from './support/relevance-suite.ts';
import { searchIndexContract } from './support/search-index.contract.ts';

const indices = createTestIndices();
const makeIndex = elasticsearchIndexMaker(indices);

afterAll(() => indices.removeAll());

searchIndexContract('Elasticsearch', makeIndex);
relevanceSuite('Elasticsearch', makeIndex);
