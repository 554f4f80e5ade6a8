import type { estypes } from '@elastic/elasticsearch';
import type { Suggestion } from '../search-index.ts';
import { mostSuggestedCategories } from '../search-index.ts';
import { allWords } from '../search-words.ts';
import { type Asking, countFound, firstThatFinds, type Query } from './client.ts';
import { type ProductDocument, sortName } from './document.ts';
import { onSale } from './query.ts';

/** Names that begin so come before those with words that begin so. */
const order: estypes.SortCombinations[] = [{ _score: { order: 'desc' } }, { sortName: 'asc' }, { id: 'asc' }];

/** With words that begin as typed or, if there are none, nearly so. */
export async function suggest(asking: Asking, text: string, limit: number): Promise<readonly Suggestion[]> {
  const words = allWords(text).join(' ');
  const { hits, aggregations } = await firstThatFinds<ProductDocument>(
    asking,
    [undefined, 'AUTO:4,8'].map((fuzziness) => suggestionRequest(words, text, limit, fuzziness)),
  );
  const { categories } = aggregations as unknown as Aggregations;
  return [
    ...categories.values.buckets.map(({ key }) => ({ kind: 'category' as const, text: key })),
    ...hits.hits.map(({ _source }) => {
      const { id, name } = _source as ProductDocument;
      return { kind: 'product' as const, text: name, id };
    }),
  ].slice(0, limit);
}

interface Aggregations {
  readonly categories: { readonly values: { readonly buckets: readonly { readonly key: string }[] } };
}

function suggestionRequest(query: string, text: string, limit: number, fuzziness: string | undefined) {
  const begun = (field: 'name' | 'category'): Query => ({
    constant_score: {
      filter: { match: { [`${field}.begun`]: { query, operator: 'and', ...(fuzziness && { fuzziness }) } } },
    },
  });
  const inName = begun('name');
  const inCategory = begun('category');
  const first: Query = { prefix: { sortName: { value: sortName(text.trim()), boost: 10 } } };
  return {
    query: {
      bool: { filter: [onSale], must: [{ bool: { should: [inName, inCategory] } }], should: [first] },
    },
    post_filter: inName,
    // Products of equal names are one.
    collapse: { field: 'sortName' },
    sort: order,
    size: limit,
    _source: ['id', 'name'],
    track_total_hits: false,
    aggs: {
      ...countFound,
      categories: {
        filter: inCategory,
        aggs: {
          values: { terms: { field: 'category', size: mostSuggestedCategories, order: { _key: 'asc' } } },
        },
      },
    },
  } satisfies estypes.MsearchMultisearchBody;
}
