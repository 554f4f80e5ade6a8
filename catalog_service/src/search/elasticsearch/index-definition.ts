import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { synonyms } from '../synonyms.ts';

/** What every analyzer does first. */
const text = { type: 'custom' as const, char_filter: ['shop_accents'], tokenizer: 'shop_words' };
const words = ['lowercase', 'asciifolding'];
const stems = [...words, 'shop_stemmer'];

const analysis: estypes.IndicesIndexSettingsAnalysis = {
  // Accents that are characters of their own, which no folding of letters knows.
  char_filter: { shop_accents: { type: 'pattern_replace', pattern: '[\\u0300-\\u036f]', replacement: '' } },
  // Words are what `searchWords` takes for words.
  tokenizer: { shop_words: { type: 'pattern', pattern: '[^\\p{L}\\p{M}\\p{N}]+' } },
  filter: {
    shop_stemmer: { type: 'stemmer', language: 'porter2' },
    shop_synonyms: { type: 'synonym', synonyms: synonyms.map((group) => group.join(', ')) },
    shop_pairs: { type: 'shingle', token_separator: '', output_unigrams: false },
    shop_beginnings: { type: 'edge_ngram', min_gram: 1, max_gram: 20, preserve_original: true },
  },
  analyzer: {
    shop_words: { ...text, filter: words },
    shop_stems: { ...text, filter: stems },
    shop_words_and_synonyms: { ...text, filter: [...words, 'shop_synonyms'] },
    // After the stemmer, so that a word of the list has synonyms with any ending.
    shop_stems_and_synonyms: { ...text, filter: [...stems, 'shop_synonyms'] },
    shop_pairs: { ...text, filter: [...stems, 'shop_pairs'] },
    shop_beginnings: { ...text, filter: [...words, 'shop_beginnings'] },
  },
};

/**
 * The score of a word is its field's weight and nothing else (`boolean`): the usual one changes with every document
 * that comes or goes and from copy to copy of the index, so that pages would not fit together.
 */
const searchedAs = (analyzer: string, search_analyzer: string) => ({
  type: 'text' as const,
  analyzer,
  search_analyzer,
  similarity: 'boolean',
});

/** What a word that begins so is found by, for suggestions. */
const begun = searchedAs('shop_beginnings', 'shop_words');

const searchedText = {
  ...searchedAs('shop_stems_and_synonyms', 'shop_stems'),
  fields: {
    /** As they are written: what misspelt and unfinished words are compared with. */
    words: searchedAs('shop_words_and_synonyms', 'shop_words'),
    /** "desk lamp" as "desklamp". */
    pairs: searchedAs('shop_pairs', 'shop_stems'),
  },
};

const mappings: estypes.MappingTypeMapping = {
  // What is not searched for is kept as it came, without an index.
  dynamic: false,
  properties: {
    id: { type: 'integer' },
    deleted: { type: 'boolean' },
    name: { ...searchedText, fields: { ...searchedText.fields, begun } },
    /** The words of category and tags. */
    labels: searchedText,
    description: searchedText,
    category: { type: 'keyword', copy_to: 'labels', fields: { begun } },
    tags: { type: 'keyword', copy_to: 'labels' },
    price: { type: 'integer' },
    stock: { type: 'integer' },
    sortName: { type: 'keyword' },
    nameLength: { type: 'integer' },
  },
};

/** Changes with anything that needs a new index. */
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
      // Shows each word by itself: otherwise none, when one of them is beyond the highlighted length.
      'highlight.weight_matches_mode.enabled': false,
      // The default, but explicit: otherwise an index that nobody searches stops refreshing, and the next search waits.
      refresh_interval: '1s',
    },
    mappings: { ...mappings, _meta: { definition: definitionHash } },
  };
}
