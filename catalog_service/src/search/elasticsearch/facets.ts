import type { estypes } from '@elastic/elasticsearch';
import { mostCategories, mostTags, priceRangeStarts, priceRanges } from '../facets.ts';
import type { Facets, ProductSearch } from '../search-index.ts';
import type { Query } from './client.ts';

/** Each filter by itself, for each facet leaves out its own. */
function filtersOf({
  category,
  tag,
  minPrice,
  maxPrice,
  inStock,
}: ProductSearch): Record<'category' | 'tag' | 'price' | 'stock', Query[]> {
  return {
    category: category === undefined ? [] : [{ term: { category } }],
    tag: tag === undefined ? [] : [{ term: { tags: tag } }],
    price:
      minPrice === undefined && maxPrice === undefined
        ? []
        : [{ range: { price: { gte: minPrice, lte: maxPrice } } }],
    stock: inStock === undefined ? [] : [{ range: { stock: inStock ? { gt: 0 } : { lte: 0 } } }],
  };
}

/** All filters, but one if it is named. */
export function filterOf(search: ProductSearch, except?: keyof ReturnType<typeof filtersOf>): Query {
  const filters = Object.entries(filtersOf(search));
  return { bool: { filter: filters.flatMap(([name, queries]) => (name === except ? [] : queries)) } };
}

export function facetRequests(
  search: ProductSearch,
): Record<keyof Facets, estypes.AggregationsAggregationContainer> {
  const order = [{ _count: 'desc' as const }, { _key: 'asc' as const }];
  const ranges = priceRangeStarts.map((from, index) => ({ from, to: priceRangeStarts[index + 1] }));
  const stocks = { true: { range: { stock: { gt: 0 } } }, false: { range: { stock: { lte: 0 } } } };
  const counted = (filter: Query, values: estypes.AggregationsAggregationContainer) => ({
    filter,
    aggs: { values },
  });
  return {
    categories: counted(filterOf(search, 'category'), {
      terms: { field: 'category', size: mostCategories, order },
    }),
    tags: counted(filterOf(search, 'tag'), { terms: { field: 'tags', size: mostTags, order } }),
    priceRanges: counted(filterOf(search, 'price'), { range: { field: 'price', ranges } }),
    inStock: counted(filterOf(search, 'stock'), { filters: { filters: stocks } }),
  };
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
}
interface Counted<B> {
  readonly values: { readonly buckets: B };
}
export interface FacetReplies {
  readonly categories: Counted<readonly Bucket[]>;
  readonly tags: Counted<readonly Bucket[]>;
  readonly priceRanges: Counted<readonly Bucket[]>;
  readonly inStock: Counted<{ readonly true: Bucket; readonly false: Bucket }>;
}

export function toFacets(replies: FacetReplies): Facets {
  const valuesOf = ({ values }: Counted<readonly Bucket[]>) =>
    values.buckets.map(({ key, doc_count }) => ({ value: key, count: doc_count }));
  const stocks = replies.inStock.values.buckets;
  return {
    categories: valuesOf(replies.categories),
    tags: valuesOf(replies.tags),
    priceRanges: priceRanges((index) => replies.priceRanges.values.buckets[index]?.doc_count),
    inStock: { true: stocks.true.doc_count, false: stocks.false.doc_count },
  };
}
