import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { synonyms } from '../synonyms.ts';

/** English endings; the index has the stems. */
export const synonymAnalyzer = 'shop_synonyms';

const toWords = ['lowercase', 'asciifolding'];
const toStems = [...toWords, 'shop_stemmer'];

/** What every analyzer does first. */
const text = { type: 'custom' as const, char_filter: ['shop_accents'], tokenizer: 'shop_words' };

const analysis: estypes.IndicesIndexSettingsAnalysis = {
  // Accents that are characters of their own, which no folding of letters knows.
  char_filter: { shop_accents: { type: 'pattern_replace', pattern: '[\\u0300-\\u036f]', replacement: '' } },
  // Words are what `searchWords` takes for words.
  tokenizer: { shop_words: { type: 'pattern', pattern: '[^\\p{L}\\p{M}\\p{N}]+' } },
  filter: {
    shop_stemmer: { type: 'stemmer', language: 'porter2' },
    // After the stemmer, so that it takes the words of the list with any ending.
    shop_synonyms: { type: 'synonym_graph', synonyms: synonyms.map((group) => group.join(', ')) },
    shop_beginnings: { type: 'edge_ngram', min_gram: 1, max_gram: 20, preserve_original: true },
  },
  analyzer: {
    default: { ...text, filter: toStems },
    shop_synonyms: { ...text, filter: [...toStems, 'shop_synonyms'] },
    shop_words: { ...text, filter: toWords },
    shop_beginnings: { ...text, filter: [...toWords, 'shop_beginnings'] },
  },
};

/** How many letters somebody must have typed to see a word says nothing about the product: no norms anywhere. */
const words: estypes.MappingProperty = { type: 'text', analyzer: 'shop_words', norms: false };
const begun: estypes.MappingProperty = {
  type: 'text',
  analyzer: 'shop_beginnings',
  search_analyzer: 'shop_words',
  norms: false,
};

const mappings: estypes.MappingTypeMapping = {
  // What is not searched for is kept as it came, without an index.
  dynamic: false,
  properties: {
    id: { type: 'integer' },
    deleted: { type: 'boolean' },
    name: { type: 'text', norms: false, fields: { words, begun } },
    /** The words of category and tags. */
    labels: { type: 'text', norms: false, fields: { words, begun } },
    description: { type: 'text', norms: false, fields: { words } },
    category: { type: 'keyword', copy_to: 'labels', fields: { words, begun } },
    tags: { type: 'keyword', copy_to: 'labels' },
    price: { type: 'integer' },
    stock: { type: 'integer' },
    sortName: { type: 'keyword' },
    nameLength: { type: 'integer' },
  },
};

/** Changes with anything that an index must be built anew for. */
export const definitionHash = createHash('sha256')
  .update(JSON.stringify([analysis, mappings]))
  .digest('hex')
  .slice(0, 16);

export function definition(replicas: number): Pick<estypes.IndicesCreateRequest, 'settings' | 'mappings'> {
  return {
    settings: {
      analysis,
      number_of_shards: 1,
      number_of_replicas: replicas,
      // Said, though it is the default: else an index that nobody searches stops refreshing, and the next waits for it.
      refresh_interval: '1s',
    },
    mappings: { ...mappings, _meta: { definition: definitionHash } },
  };
}
