import type { estypes } from '@elastic/elasticsearch';
import { positionOf, readCursor, writeCursor } from '../cursor.ts';
import { type ProductPage, type ProductSearch, type SearchIndex, sortOf } from '../search-index.ts';
import { searchWords } from '../search-words.ts';
import type { Client, Query } from './client.ts';
import { type ProductDocument, toProduct } from './document.ts';
import { onSale } from './field-queries.ts';
import { type Asking, totalOf } from './look-up.ts';
import {
  allOf,
  type FacetReplies,
  facetRequests,
  facetsOf,
  filtersOf,
  orderOf,
  searchAfter,
} from './page-request.ts';
import { suggest } from './suggest.ts';
import { textQuery } from './text-query.ts';

const engine = 'elasticsearch';

/** Elasticsearch sorts no more than 10,000 products for a page; further ones are gone to in steps. */
const longestStep = 9_000;

export interface ElasticsearchSearchIndex extends SearchIndex {
  search(search: ProductSearch, limit: number, offset: number, signal?: AbortSignal): Promise<ProductPage>;
  suggest(text: string, limit: number, signal?: AbortSignal): ReturnType<SearchIndex['suggest']>;
}

/** Searches the documents of an index or alias; they are found a second after they were written. */
export function createElasticsearchSearchIndex(client: Client, index: string): ElasticsearchSearchIndex {
  return {
    search: async (search, limit, offset, signal) => {
      const sort = sortOf(search);
      const position = search.cursor === undefined ? undefined : readCursor(search.cursor, search, engine);
      const request = {
        asking: { client, index, signal },
        search,
        limit,
        offset,
        after: position && searchAfter(position, sort),
      };
      if (search.text === undefined) return readPage(request, { bool: { filter: [onSale] } });
      const text = await textQuery(request.asking, searchWords(search.text));
      if (text === undefined) return readPage(request, { match_none: {} });
      const withAll = isOnSale(text.all);
      if (text.allButOne === undefined) return readPage(request, withAll);
      return (await readFoundPage(request, withAll)) ?? readPage(request, isOnSale(text.allButOne));
    },
    suggest: (text, limit, signal) => suggest({ client, index, signal }, text, limit),
  };
}

const isOnSale = (query: Query): Query => ({ bool: { filter: [onSale], must: [query] } });

interface PageRequest {
  readonly asking: Asking;
  readonly search: ProductSearch;
  readonly limit: number;
  readonly offset: number;
  /** Where the page before ended. */
  readonly after: estypes.SortResults | undefined;
}

async function readPage(request: PageRequest, query: Query): Promise<ProductPage> {
  const place = await goTo(request, query);
  return toPage(request, await send(request, query, place), place);
}

/** Undefined when nothing at all is found, under whatever filters. */
async function readFoundPage(request: PageRequest, query: Query): Promise<ProductPage | undefined> {
  const place = await goTo(request, query);
  const reply = await send(request, query, place);
  const { found } = reply.aggregations as unknown as { found: { doc_count: number } };
  return found.doc_count === 0 ? undefined : toPage(request, reply, place);
}

interface Place {
  readonly after: estypes.SortResults | undefined;
  readonly skip: number;
}

function send({ asking, search, limit }: PageRequest, query: Query, { after, skip }: Place) {
  const { client, index, signal } = asking;
  const filters = filtersOf(search);
  // `search_after` and `from` do not go together.
  const window = after === undefined ? { from: skip, size: limit + 1 } : { size: skip + limit + 1 };
  return client.search<ProductDocument>(
    {
      index,
      query,
      post_filter: allOf(filters),
      sort: orderOf(sortOf(search)),
      track_total_hits: true,
      aggs: { ...facetRequests(filters), found: { filter: { match_all: {} } } },
      ...(after && { search_after: after }),
      ...window,
    },
    { signal },
  );
}

function toPage(
  { search, limit }: PageRequest,
  { hits, aggregations }: estypes.SearchResponse<ProductDocument>,
  { after, skip }: Place,
): ProductPage {
  const page = after === undefined ? hits.hits : hits.hits.slice(skip);
  const documents = page.slice(0, limit).flatMap((hit) => hit._source ?? []);
  const items = documents.map(toProduct);
  const last = items.at(-1);
  const sort = sortOf(search);
  const score = Number(page[limit - 1]?.sort?.[0]);
  const more = page.length > limit && last !== undefined;
  return {
    items,
    total: totalOf(hits),
    facets: facetsOf(aggregations as unknown as FacetReplies),
    nextCursor: more ? writeCursor(positionOf(last, sort, score), search, engine) : null,
  };
}

/** Goes so near to a far page that the rest can be skipped within one request. */
async function goTo({ asking, search, offset, after }: PageRequest, query: Query): Promise<Place> {
  const sort = sortOf(search);
  const place = { after, skip: offset };
  while (place.skip > longestStep) {
    const { hits } = await asking.client.search(
      {
        index: asking.index,
        query,
        post_filter: allOf(filtersOf(search)),
        sort: orderOf(sort),
        track_total_hits: false,
        _source: false,
        size: longestStep,
        ...(place.after && { search_after: place.after }),
      },
      { signal: asking.signal },
    );
    const isLast = hits.hits.length < longestStep;
    place.after = hits.hits.at(-1)?.sort ?? place.after;
    place.skip = isLast ? 0 : place.skip - longestStep;
  }
  return place;
}
