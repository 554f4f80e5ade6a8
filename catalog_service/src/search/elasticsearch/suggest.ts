import type { Product } from '../../domain/product.ts';
import { mostSuggestedCategories, type Suggestion } from '../../domain/search-index.ts';
import { foldText } from '../folding.ts';
import { allWords } from '../search-words.ts';
import { onSale } from './bodies.ts';
import { type Asking, type Body, bucketsOf, firstThatFinds, type Query, type Search } from './client.ts';
import { oldest } from './facets.ts';

/** With words that begin as typed or, if there are none, nearly so. */
export async function suggest(asking: Asking, text: string, limit: number): Promise<readonly Suggestion[]> {
  const searches = [{}, { fuzziness: 'AUTO:4,8' }].map((fuzzy) => suggestionRequest(text, limit, fuzzy));
  const { reply } = await firstThatFinds<Product>(asking, searches);
  return [
    ...bucketsOf(reply, 'categories').map(({ value }) => ({ kind: 'category' as const, text: value })),
    ...reply.hits.hits.flatMap(({ _source }) =>
      _source ? [{ kind: 'product' as const, text: _source.name, id: _source.id }] : [],
    ),
  ].slice(0, limit);
}

function suggestionRequest(text: string, limit: number, fuzzy: { fuzziness?: string }): Search {
  const query = allWords(text).join(' ');
  const begun = (field: string): Query => ({
    constant_score: { filter: { match: { [field]: { query, operator: 'and', ...fuzzy } } } },
  });
  const [inName, inCategory] = [begun('words.name.begun'), begun('words.category')];
  const begins: Query = {
    bool: {
      filter: [onSale],
      must: [{ bool: { should: [inName, inCategory] } }],
      // Names that begin so come before those with words that begin so.
      should: [{ prefix: { nameKey: { value: foldText(text), boost: 10 } } }],
    },
  };
  const body: Body = {
    query: begins,
    post_filter: inName,
    // Products of equal names are one.
    collapse: { field: 'nameKey' },
    sort: [{ _score: { order: 'desc' } }, { nameKey: 'asc' }, { id: 'asc' }],
    size: limit,
    _source: ['id', 'name'],
    track_total_hits: false,
    aggs: {
      categories: {
        filter: inCategory,
        aggs: {
          values: {
            terms: { field: 'categoryKey', size: mostSuggestedCategories, order: { _key: 'asc' } },
            aggs: oldest('category'),
          },
        },
      },
    },
  };
  return { body, unfiltered: begins };
}
