import type { estypes } from '@elastic/elasticsearch';
import type { Suggestion } from '../search-index.ts';
import { searchWords } from '../search-words.ts';
import { closest } from '../typos.ts';
import type { Query } from './client.ts';
import { type ProductDocument, sortName } from './document.ts';
import { onSale } from './field-queries.ts';
import { type Asking, ask, type LookUp } from './look-up.ts';
import { type Guess, guessWords, readWords, type WordReading } from './word-readings.ts';

/** Categories are few, and shall not leave products without a place. */
const mostCategories = 3;

export async function suggest(asking: Asking, text: string, limit: number): Promise<readonly Suggestion[]> {
  const words = searchWords(text);
  if (words.length === 0) return [];
  const readings = await readWords(asking, words);
  const unknown = readings.filter(({ known }) => !known).map(({ word }) => word);
  const guesses = await guessWords(asking, unknown);
  const terms = readings.map((reading) => begunTerm(reading, guesses.get(reading.word)));
  const beginning: Query = { prefix: { sortName: sortName(text.trim()) } };
  const having = (field: 'name' | 'category'): Query => ({
    bool: { filter: terms.map((inField) => inField(field)) },
  });
  const [categories, begun, others] = await ask(asking, [
    categoriesWith(having('category')),
    // First the names that begin so, then those with words that begin so; the shortest first.
    names({ bool: { filter: [beginning] } }, ['sortName', 'id'], limit),
    names(
      { bool: { filter: [having('name')], must_not: [beginning] } },
      ['nameLength', 'sortName', 'id'],
      limit,
    ),
  ]);
  return [...categories, ...begun, ...others].slice(0, limit);
}

type InField = (field: 'name' | 'category') => Query;

/** What begins with a typed word or, if nothing does, nearly so. */
function begunTerm({ word }: WordReading, guess: Guess | undefined): InField {
  const prominent = guess?.prominentlyBegun === false ? guess.near.filter((each) => each.prominent) : [];
  const near = new Set(closest(word, prominent, 'beginning').map((each) => each.word));
  if (near.size === 0)
    return (field) => ({ match: { [`${field}.begun`]: { query: word, operator: 'and' } } });
  return (field) => ({
    bool: { should: [...near].map((each) => ({ match_phrase: { [`${field}.words`]: { query: each } } })) },
  });
}

function categoriesWith(query: Query): LookUp<Suggestion[]> {
  return {
    request: {
      query: { bool: { filter: [onSale, query] } },
      size: 0,
      aggs: { categories: { terms: { field: 'category', size: mostCategories, order: { _key: 'asc' } } } },
    },
    read: ({ aggregations }) => {
      const { categories } = aggregations as unknown as { categories: { buckets: { key: string }[] } };
      return categories.buckets.map(({ key }) => ({ kind: 'category', text: key }));
    },
  };
}

/** Products of equal names are one. */
function names(query: Query, order: readonly string[], limit: number): LookUp<Suggestion[]> {
  const sort: estypes.SortCombinations[] = order.map((field) => ({ [field]: 'asc' }));
  return {
    request: {
      query: { bool: { filter: [onSale, query] } },
      collapse: { field: 'sortName' },
      sort,
      size: limit,
      _source: ['id', 'name'],
      track_total_hits: false,
    },
    read: ({ hits }) =>
      hits.hits.map((hit) => {
        const { id, name } = hit._source as ProductDocument;
        return { kind: 'product', text: name, id };
      }),
  };
}
