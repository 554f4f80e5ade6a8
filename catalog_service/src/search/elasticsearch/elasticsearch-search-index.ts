import type { estypes } from '@elastic/elasticsearch';
import { positionOf, readCursor, writeCursor } from '../cursor.ts';
import { newMarks } from '../highlights.ts';
import {
  type FoundProduct,
  type ProductPage,
  type ProductSearch,
  type SearchIndex,
  sortOf,
} from '../search-index.ts';
import { searchWords } from '../search-words.ts';
import type { Client, Query } from './client.ts';
import { type ProductDocument, toProduct } from './document.ts';
import { onSale } from './field-queries.ts';
import { highlightRequest, highlightsOf } from './highlights.ts';
import { totalOf } from './look-up.ts';
import {
  allOf,
  type FacetReplies,
  facetRequests,
  facetsOf,
  filtersOf,
  orderOf,
  searchAfter,
} from './page-request.ts';
import { goTo, longestStep, type PageRequest, type Place } from './place.ts';
import { suggest } from './suggest.ts';
import { textQuery } from './text-query.ts';

const engine = 'elasticsearch';

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
      const plain: PageRequest = {
        asking: { client, index, signal },
        search,
        limit,
        offset,
        after: position && searchAfter(position, sort),
      };
      if (search.text === undefined) return readPage(plain, { bool: { filter: [onSale] } });
      const text = await textQuery(plain.asking, searchWords(search.text));
      if (text === undefined) return readPage(plain, { match_none: {} });
      const request = search.highlight
        ? { ...plain, shown: { query: text.shown, marks: newMarks() } }
        : plain;
      const withAll = isOnSale(text.all);
      if (text.allButOne === undefined) return readPage(request, withAll);
      return (await readFoundPage(request, withAll)) ?? readPage(request, isOnSale(text.allButOne));
    },
    suggest: (text, limit, signal) => suggest({ client, index, signal }, text, limit),
  };
}

/** Whether it is answered in one step, and goes on from nowhere or from a cursor that means something here. */
export function canAnswer(search: ProductSearch, offset: number): boolean {
  if (offset > longestStep) return false;
  try {
    if (search.cursor !== undefined) readCursor(search.cursor, search, engine);
    return true;
  } catch {
    return false;
  }
}

const isOnSale = (query: Query): Query => ({ bool: { filter: [onSale], must: [query] } });

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

function send({ asking, search, limit, shown }: PageRequest, query: Query, { after, skip }: Place) {
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
      ...(shown && { highlight: highlightRequest(shown.query, shown.marks) }),
      ...window,
    },
    { signal },
  );
}

function toPage(
  { search, limit, shown }: PageRequest,
  { hits, aggregations }: estypes.SearchResponse<ProductDocument>,
  { after, skip }: Place,
): ProductPage {
  const page = after === undefined ? hits.hits : hits.hits.slice(skip);
  const items = page.slice(0, limit).flatMap(({ _source, highlight }): FoundProduct[] => {
    if (_source === undefined) return [];
    const product = toProduct(_source);
    return [shown ? { ...product, highlights: highlightsOf(product, highlight, shown.marks) } : product];
  });
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
