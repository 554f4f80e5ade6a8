import type { estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import { countedExactly } from '../../domain/search-index.ts';
import { type FoundWords, highlightedLength } from '../highlights.ts';
import type { Hit, PageRequest } from '../page.ts';
import type { Body, Query } from './client.ts';
import { derivedFields } from './document.ts';
import { facetRequests, filtersOf } from './facets.ts';

export const onSale: Query = { term: { deleted: false } };

/** Only whether a product is found, which costs a fraction of a score. */
export const foundBy = (...filter: readonly Query[]): Query => ({ bool: { filter: [onSale, ...filter] } });

export function countBody(found: Query, { search }: PageRequest): Body {
  const query = foundBy(found, ...filtersOf(search));
  return { query, size: 0, track_total_hits: countedExactly, ...(search.collapse && groupCount) };
}

/** Nearly exact, as much as a total may be. */
export const groupCount: Pick<Body, 'aggs'> = {
  aggs: { groups: { cardinality: { field: 'groupKey', precision_threshold: 40_000 } } },
};

export function facetsBody(found: Query, { search }: PageRequest): Body {
  return { query: foundBy(found), size: 0, track_total_hits: false, aggs: facetRequests(search) };
}

export interface PageOf {
  readonly query: Query;
  readonly sort: estypes.SortCombinations[];
  readonly size: number;
  readonly from: number;
  /** The values of `sort` that the page comes after, instead of `from`: they do not go together. */
  readonly after: estypes.SortResults | undefined;
  readonly counted: boolean;
  /** Of each group the first. */
  readonly collapsed: boolean;
}

export function pageBody(
  { query, sort, size, from, after, counted, collapsed }: PageOf,
  found: Query,
  highlight: boolean,
): Body {
  return {
    query,
    sort,
    size,
    ...(after === undefined ? { from } : { search_after: after }),
    _source: { excludes: derivedFields },
    track_total_hits: counted && countedExactly,
    ...(collapsed && { collapse: { field: 'groupKey' }, ...(counted && groupCount) }),
    ...(highlight && { highlight: { ...highlightRequest, highlight_query: found } }),
  };
}

/** No text has it. */
const mark = '\u0001';

const forms = (field: string) => [field, `${field}.words`, `${field}.pairs`];
const wholeField = (field: string) => ({ number_of_fragments: 0, matched_fields: forms(field) });

const highlightRequest: estypes.SearchHighlight = {
  max_analyzed_offset: 2 * highlightedLength,
  pre_tags: [mark],
  post_tags: [mark],
  fields: {
    'words.name': wholeField('words.name'),
    'words.description': wholeField('words.description'),
  },
};

export function toHit({ _source, highlight }: estypes.SearchHit<Product>, score: number): Hit {
  const found = (field: string) => foundWords(highlight?.[field]?.[0] ?? '');
  return {
    product: _source as Product,
    score,
    found: { name: found('words.name'), description: found('words.description') },
  };
}

/** Of words with marks around one of them, or around several, which ones those are. */
function foundWords(marked: string): FoundWords {
  let isOpen = false;
  return marked.split(' ').flatMap((word, place) => {
    const marks = word.split(mark).length - 1;
    const isFound = isOpen || marks > 0;
    if (marks % 2 === 1) isOpen = !isOpen;
    return isFound ? [place] : [];
  });
}
