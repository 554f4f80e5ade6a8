import { createHash } from 'node:crypto';
import type { estypes } from '@elastic/elasticsearch';
import { synonyms } from '../synonyms.ts';
import given from './index-definition.json' with { type: 'json' };
import { sortKeyVersion } from './sort-key.ts';

/**
 * The settings and mappings of the index, as Elasticsearch takes them. Words
 * come as `wordsOf` gives them; synonyms come after the stemmer, so that a word of the list has them with any ending. Similarity is `boolean`: the
 * score of a word is its field's weight and nothing else, for the usual one changes with every document that comes or
 * goes and from copy to copy of the index, and pages would not fit together. A refresh interval that is not explicit
 * would stop for an index that nobody searches.
 */
export const definition = (replicas: number) => ({
  settings: {
    ...given.settings,
    'analysis.filter.shop_synonyms.synonyms': synonyms.map((group) => group.join(', ')),
    number_of_replicas: replicas,
  } as estypes.IndicesIndexSettings,
  mappings: given.mappings as estypes.MappingTypeMapping,
});

/** Rises when `documentOf` makes other words or keys of the same product. */
const documentRevision = 2;

/** Changes with anything that needs a new index. */
export const definitionHash = createHash('sha256')
  .update(JSON.stringify([given, synonyms, documentRevision, sortKeyVersion]))
  .digest('hex')
  .slice(0, 16);
