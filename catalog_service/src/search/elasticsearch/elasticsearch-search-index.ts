import type { estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import { countedExactly, type ProductSort, type SearchIndex } from '../../domain/search-index.ts';
import { toFacets } from '../facets.ts';
import { excerptLength, highlightedLength, type Marks } from '../highlights.ts';
import { type Hit, type PageRequest, toPage, toRequest } from '../page.ts';
import type { RemoteSearchIndex } from '../search-with-fallback.ts';
import { foldText } from '../search-words.ts';
import { bucketsOf, type Client, firstThatFinds } from './client.ts';
import { derivedFields } from './document.ts';
import { facetRequests, filterOf } from './facets.ts';
import { onSale, textQueries } from './query.ts';
import { suggest } from './suggest.ts';

const engine = 'elasticsearch';

/** Elasticsearch sorts no more than 10,000 products for a page. */
const longestOffset = 9_000;

/** Searches the documents of an index or alias; they are found a second after they were written. */
export function createElasticsearchSearchIndex(client: Client, index: string): RemoteSearchIndex {
  const search: SearchIndex['search'] = async (given, limit, offset, signal) => {
    const request = toRequest(engine, given, limit, offset);
    const options = optionsOf(request);
    const queries = request.words === undefined ? [onSale] : textQueries(request.words);
    const searches = queries.map((query) => ({ query, ...options }));
    const reply = await firstThatFinds<Product>({ client, index, signal }, searches);
    const { hits, total } = reply.hits;
    const { value, relation } = total as estypes.SearchTotalHits;
    return toPage(request, hits.map(toHit), {
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

function optionsOf({ search, sort, limit, offset, after, marks }: PageRequest) {
  return {
    _source: { excludes: derivedFields },
    post_filter: filterOf(search),
    sort: orders[sort],
    track_total_hits: countedExactly,
    aggs: search.facets ? facetRequests(search) : {},
    size: limit + 1,
    // `search_after` and `from` do not go together.
    ...(after === undefined
      ? { from: offset }
      : { search_after: sort === 'newest' ? [after.id] : [sortValue(after.value), after.id] }),
    ...(marks && { highlight: highlightRequest(marks) }),
  } satisfies estypes.MsearchMultisearchBody;
}

const sortValue = (value: number | string | null) => (typeof value === 'string' ? foldText(value) : value);

const orders: Readonly<Record<ProductSort, estypes.SortCombinations[]>> = {
  relevance: [{ _score: { order: 'desc' } }, { id: 'asc' }],
  price: [{ price: 'asc' }, { id: 'asc' }],
  '-price': [{ price: 'desc' }, { id: 'desc' }],
  name: [{ sortName: 'asc' }, { id: 'asc' }],
  '-name': [{ sortName: 'desc' }, { id: 'desc' }],
  newest: [{ id: 'desc' }],
};

function highlightRequest({ open, close }: Marks): estypes.SearchHighlight {
  const forms = (field: string) => [field, `${field}.words`, `${field}.pairs`];
  return {
    max_analyzed_offset: highlightedLength,
    pre_tags: [open],
    post_tags: [close],
    fields: {
      name: { number_of_fragments: 0, matched_fields: forms('name') },
      description: {
        number_of_fragments: 1,
        fragment_size: excerptLength,
        matched_fields: forms('description'),
      },
    },
  };
}

function toHit({ _source, sort, highlight }: estypes.SearchHit<Product>): Hit {
  const marked = { name: highlight?.['name']?.[0], description: highlight?.['description']?.[0] };
  return { product: _source as Product, score: Number(sort?.[0]), marked };
}
