import type { estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import type { ProductPage, ProductSearch, ProductSort, SearchIndex } from '../../domain/search-index.ts';
import { writeCursor } from '../cursor.ts';
import { toFacets } from '../facets.ts';
import { type PageRequest, toPage, toRequest } from '../page.ts';
import type { RemoteSearchIndex } from '../search-with-fallback.ts';
import { countBody, facetsBody, foundBy, onSale, pageBody, toHit } from './bodies.ts';
import {
  type Body,
  bucketsOf,
  type Client,
  firstThatFinds,
  groupTotal,
  type Query,
  type Search,
  totalOf,
} from './client.ts';
import { filtersOf } from './facets.ts';
import { type TextQuery, textQueries } from './query.ts';
import { mostRelevant } from './relevance.ts';
import { sortKey } from './sort-key.ts';
import { suggest } from './suggest.ts';

const engine = 'elasticsearch';

/** Elasticsearch sorts no more than 10,000 products for a page. */
const longestOffset = 9_000;

/** Searches the documents of an index or alias; they are found a second after they were written. */
export function createElasticsearchSearchIndex(client: Client, index: string): RemoteSearchIndex {
  const search: SearchIndex['search'] = async (given, limit, offset, signal) => {
    const asking = { client, index, signal };
    const request = requestOf(given, limit, offset);
    const queries =
      request.words === undefined
        ? [{ found: onSale, scored: onSale, parts: [] }]
        : textQueries(request.words, given.text ?? '', request.key);
    const { place, reply, also } = await firstThatFinds<Product>(
      asking,
      queries.map(({ found }) => searchFor(found, request)),
    );
    const { value: total, relation } = totalOf(reply);
    const byRelevance = request.sort === 'relevance' && total > 0;
    const hits = byRelevance
      ? await mostRelevant(asking, queries[place] as TextQuery, request, total)
      : reply.hits.hits.map((hit) => toHit(hit, 0));
    const [facets = reply] = also;
    const counted = given.collapse ? groupTotal(reply) : { total, totalIsExact: relation === 'eq' };
    const page = toPage(request, hits, {
      ...counted,
      ...(given.facets && { facets: toFacets((facet) => bucketsOf(facets, facet)) }),
    });
    return given.collapse ? { ...page, nextCursor: nextPlace(page, request) } : page;
  };
  return {
    search,
    suggest: (text, limit, signal) => suggest({ client, index, signal }, text, limit),
    // A search like any other: an easier one would close the breaker for those that it is too slow for.
    check: (signal) => search({ text: 'search' }, 1, 0, signal),
    takes: (given, offset) => {
      try {
        return requestOf(given, 1, offset).offset <= longestOffset;
      } catch {
        // The cursor is of another engine, or broken.
        return false;
      }
    },
  };
}

/** Of groups a page begins at a place: Elasticsearch cannot go on after a group's first product. */
function requestOf(search: ProductSearch, limit: number, offset: number): PageRequest {
  const request = toRequest(engine, search, limit, offset);
  const { after, ...others } = request;
  if (search.collapse === undefined || after === undefined) return request;
  return { ...others, after: undefined, offset: offset + Number(after.value) };
}

/** No further than Elasticsearch sorts. */
function nextPlace(
  { items, nextCursor }: ProductPage,
  { search, offset, limit }: PageRequest,
): string | null {
  const place = offset + limit;
  if (nextCursor === null || place > longestOffset) return null;
  return writeCursor({ id: items.at(-1)?.id ?? 1, value: place }, search, engine);
}

/** By relevance it only counts: how the page is got depends on how many there are. */
function searchFor(found: Query, request: PageRequest): Search {
  const { search, sort } = request;
  const filter = filtersOf(search);
  return {
    body: sort === 'relevance' ? countBody(found, request) : sortedPage(found, request, sort),
    also: search.facets ? [facetsBody(found, request)] : [],
    unfiltered: filter.length > 0 ? foundBy(found) : undefined,
  };
}

function sortedPage(found: Query, request: PageRequest, sort: Exclude<ProductSort, 'relevance'>): Body {
  const { search, limit, offset, after, highlight } = request;
  const page = {
    query: foundBy(found, ...filtersOf(search)),
    sort: orders[sort],
    size: limit + 1,
    from: offset,
    after: after && (sort === 'newest' ? [after.id] : [sortValue(after.value), after.id]),
    counted: true,
    collapsed: search.collapse !== undefined,
  };
  return pageBody(page, found, highlight);
}

const sortValue = (value: number | string | null) => (typeof value === 'string' ? sortKey(value) : value);

const orders: Readonly<Record<Exclude<ProductSort, 'relevance'>, estypes.SortCombinations[]>> = {
  price: [{ price: 'asc' }, { id: 'asc' }],
  '-price': [{ price: 'desc' }, { id: 'desc' }],
  name: [{ sortKey: 'asc' }, { id: 'asc' }],
  '-name': [{ sortKey: 'desc' }, { id: 'desc' }],
  newest: [{ id: 'desc' }],
};
