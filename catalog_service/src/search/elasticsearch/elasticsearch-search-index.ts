import type { estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import { countedExactly, type ProductSort, type SearchIndex } from '../../domain/search-index.ts';
import { toFacets } from '../facets.ts';
import { type FoundWords, highlightedLength } from '../highlights.ts';
import { type Hit, type PageRequest, toPage, toRequest } from '../page.ts';
import type { RemoteSearchIndex } from '../search-with-fallback.ts';
import { bucketsOf, type Client, firstThatFinds, type Search, totalOf } from './client.ts';
import { derivedFields } from './document.ts';
import { facetRequests, filtersOf } from './facets.ts';
import { onSale, type TextQuery, textQueries } from './query.ts';
import { sortKey } from './sort-key.ts';
import { suggest } from './suggest.ts';

const engine = 'elasticsearch';

/** Elasticsearch sorts no more than 10,000 products for a page. */
const longestOffset = 9_000;

/** Searches the documents of an index or alias; they are found a second after they were written. */
export function createElasticsearchSearchIndex(client: Client, index: string): RemoteSearchIndex {
  const search: SearchIndex['search'] = async (given, limit, offset, signal) => {
    const request = toRequest(engine, given, limit, offset);
    const queries =
      request.words === undefined
        ? [{ query: onSale }]
        : textQueries(request.words, given.text ?? '', request.key);
    const searches = queries.map((query) => searchFor(query, request));
    const reply = await firstThatFinds<Product>({ client, index, signal }, searches);
    const { value, relation } = totalOf(reply);
    return toPage(request, reply.hits.hits.map(toHit), {
      total: value,
      totalIsExact: relation === 'eq',
      ...(given.facets && { facets: toFacets((facet) => bucketsOf(reply, facet)) }),
    });
  };
  return {
    search,
    suggest: (text, limit, signal) => suggest({ client, index, signal }, text, limit),
    // A search like any other: an easier one would close the breaker for those that it is too slow for.
    check: (signal) => search({ text: 'search' }, 1, 0, signal),
    takes: (given, offset) => {
      try {
        toRequest(engine, given, 1, offset);
        return offset <= longestOffset;
      } catch {
        // The cursor is of another engine, or broken.
        return false;
      }
    },
  };
}

function searchFor({ query, found }: TextQuery, request: PageRequest): Search {
  const { search, sort, limit, offset, after, highlight } = request;
  const filter = filtersOf(search);
  const body: estypes.MsearchMultisearchBody = {
    // Facets count what each filter leaves out; all else is faster with the filters in the query.
    ...(search.facets
      ? { query, post_filter: { bool: { filter } }, aggs: facetRequests(search) }
      : { query: { bool: { must: [query], filter } } }),
    _source: { excludes: derivedFields },
    ...(highlight && { highlight: { ...highlightRequest, highlight_query: found } }),
    sort: orders[sort],
    track_total_hits: countedExactly,
    size: limit + 1,
    // `search_after` and `from` do not go together.
    ...(after === undefined
      ? { from: offset }
      : { search_after: sort === 'newest' ? [after.id] : [sortValue(after.value), after.id] }),
  };
  return { body, unfiltered: filter.length > 0 ? query : undefined };
}

const sortValue = (value: number | string | null) => (typeof value === 'string' ? sortKey(value) : value);

const orders: Readonly<Record<ProductSort, estypes.SortCombinations[]>> = {
  relevance: [{ _score: { order: 'desc' } }, { id: 'asc' }],
  price: [{ price: 'asc' }, { id: 'asc' }],
  '-price': [{ price: 'desc' }, { id: 'desc' }],
  name: [{ sortKey: 'asc' }, { id: 'asc' }],
  '-name': [{ sortKey: 'desc' }, { id: 'desc' }],
  newest: [{ id: 'desc' }],
};

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

function toHit({ _source, sort, highlight }: estypes.SearchHit<Product>): Hit {
  const found = (field: string) => foundWords(highlight?.[field]?.[0] ?? '');
  return {
    product: _source as Product,
    score: Number(sort?.[0]),
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
