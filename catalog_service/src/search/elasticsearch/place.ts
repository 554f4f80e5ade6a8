import type { estypes } from '@elastic/elasticsearch';
import type { Marks } from '../highlights.ts';
import { type ProductSearch, sortOf } from '../search-index.ts';
import type { Query } from './client.ts';
import type { Asking } from './look-up.ts';
import { allOf, filtersOf, orderOf } from './page-request.ts';

/** Elasticsearch sorts no more than 10,000 products for a page; further ones are gone to in steps. */
export const longestStep = 9_000;

export interface PageRequest {
  readonly asking: Asking;
  readonly search: ProductSearch;
  readonly limit: number;
  readonly offset: number;
  /** Where the page before ended. */
  readonly after: estypes.SortResults | undefined;
  /** What to mark in the products of the page, if somebody wants to see it. */
  readonly shown?: { readonly query: Query; readonly marks: Marks };
}

/** Where the products of a page are: after a product (or the first), and so many further. */
export interface Place {
  readonly after: estypes.SortResults | undefined;
  readonly skip: number;
}

/** Goes so near to a far page that the rest can be skipped within one request. */
export async function goTo({ asking, search, offset, after }: PageRequest, query: Query): Promise<Place> {
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
