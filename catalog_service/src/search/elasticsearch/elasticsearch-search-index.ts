import type { estypes } from '@elastic/elasticsearch';
import { positionOf, readCursor, writeCursor } from '../cursor.ts';
import { excerptLength, highlightedLength, type Marks, newMarks, toHtml } from '../highlights.ts';
import {
  countedExactly,
  type FoundProduct,
  type ProductPage,
  type ProductSearch,
  type ProductSort,
  type SearchIndex,
  sortOf,
} from '../search-index.ts';
import { searchWords } from '../search-words.ts';
import { type Client, countFound, firstThatFinds } from './client.ts';
import { type ProductDocument, sortName, toProduct } from './document.ts';
import { type FacetReplies, facetRequests, filterOf, toFacets } from './facets.ts';
import { onSale, textQueries } from './query.ts';
import { suggest } from './suggest.ts';

const engine = 'elasticsearch';

/** Elasticsearch sorts no more than 10,000 products for a page. */
const longestOffset = 9_000;

export interface ElasticsearchSearchIndex extends SearchIndex {
  search(search: ProductSearch, limit: number, offset: number, signal?: AbortSignal): Promise<ProductPage>;
  suggest(text: string, limit: number, signal?: AbortSignal): ReturnType<SearchIndex['suggest']>;
}

/** Searches the documents of an index or alias; they are found a second after they were written. */
export function createElasticsearchSearchIndex(client: Client, index: string): ElasticsearchSearchIndex {
  return {
    search: async (search, limit, offset, signal) => {
      const marks = search.highlight && search.text !== undefined ? newMarks() : undefined;
      const options = optionsOf(search, limit, offset, marks);
      const queries = search.text === undefined ? [onSale] : textQueries(searchWords(search.text));
      const requests = queries.map((query) => ({ query, ...options }));
      const reply = await firstThatFinds<ProductDocument>({ client, index, signal }, requests);
      return toPage(reply, search, limit, marks);
    },
    suggest: (text, limit, signal) => suggest({ client, index, signal }, text, limit),
  };
}

/** Whether it can answer: the page is near enough, and the cursor, if there is one, means something here. */
export function canAnswer(search: ProductSearch, offset: number): boolean {
  if (offset > longestOffset) return false;
  try {
    if (search.cursor !== undefined) readCursor(search.cursor, search, engine);
    return true;
  } catch {
    return false;
  }
}

function optionsOf(search: ProductSearch, limit: number, offset: number, marks: Marks | undefined) {
  const sort = sortOf(search);
  const after = search.cursor === undefined ? undefined : readCursor(search.cursor, search, engine);
  return {
    post_filter: filterOf(search),
    sort: orders[sort],
    track_total_hits: countedExactly,
    aggs: {
      ...(search.text !== undefined && countFound),
      ...(search.facets && facetRequests(search)),
    },
    // `search_after` and `from` do not go together.
    ...(after === undefined
      ? { from: offset, size: limit + 1 }
      : { search_after: searchAfter(after.value, after.id, sort), size: limit + 1 }),
    ...(marks && { highlight: highlightRequest(marks) }),
  } satisfies estypes.MsearchMultisearchBody;
}

const orders: Readonly<Record<ProductSort, estypes.SortCombinations[]>> = {
  relevance: [{ _score: { order: 'desc' } }, { id: 'asc' }],
  price: [{ price: 'asc' }, { id: 'asc' }],
  '-price': [{ price: 'desc' }, { id: 'desc' }],
  name: [{ sortName: 'asc' }, { id: 'asc' }],
  '-name': [{ sortName: 'desc' }, { id: 'desc' }],
  newest: [{ id: 'desc' }],
};

function searchAfter(value: number | string | null, id: number, sort: ProductSort): estypes.FieldValue[] {
  if (sort === 'newest') return [id];
  return [typeof value === 'string' ? sortName(value) : value, id];
}

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

function toPage(
  { hits, aggregations }: estypes.MsearchMultiSearchItem<ProductDocument>,
  search: ProductSearch,
  limit: number,
  marks: Marks | undefined,
): ProductPage {
  const page = hits.hits.slice(0, limit);
  const items = page.map((hit) => toItem(hit, marks));
  const last = items.at(-1);
  const sort = sortOf(search);
  const position = last && positionOf(last, sort, Number(page.at(-1)?.sort?.[0]));
  const total = hits.total as estypes.SearchTotalHits;
  return {
    items,
    total: total.value,
    totalIsExact: total.relation === 'eq',
    ...(search.facets && { facets: toFacets(aggregations as unknown as FacetReplies) }),
    nextCursor: position && hits.hits.length > limit ? writeCursor(position, search, engine) : null,
  };
}

function toItem(
  { _source, highlight }: estypes.SearchHit<ProductDocument>,
  marks: Marks | undefined,
): FoundProduct {
  const product = toProduct(_source as ProductDocument);
  if (marks === undefined) return product;
  const name = toHtml(product.name, highlight?.['name']?.[0], marks);
  const description = toHtml(product.description, highlight?.['description']?.[0], marks);
  return { ...product, highlights: { ...(name && { name }), ...(description && { description }) } };
}
