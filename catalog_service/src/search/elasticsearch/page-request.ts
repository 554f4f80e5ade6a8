import type { estypes } from '@elastic/elasticsearch';
import type { Position } from '../cursor.ts';
import { priceRangeStarts } from '../price-ranges.ts';
import {
  type Facets,
  mostCategories,
  mostTags,
  type ProductSearch,
  type ProductSort,
} from '../search-index.ts';
import type { Query } from './client.ts';
import { sortName } from './document.ts';

/** Each filter by itself, for each facet leaves out its own. */
export function filtersOf({ category, tag, minPrice, maxPrice, inStock }: ProductSearch) {
  return {
    category: category === undefined ? [] : [{ term: { category } }],
    tag: tag === undefined ? [] : [{ term: { tags: tag } }],
    price:
      minPrice === undefined && maxPrice === undefined
        ? []
        : [{ range: { price: { gte: minPrice, lte: maxPrice } } }],
    stock: inStock === undefined ? [] : [{ range: { stock: inStock ? { gt: 0 } : { lte: 0 } } }],
  } satisfies Record<string, Query[]>;
}

type Filters = ReturnType<typeof filtersOf>;

export const allOf = ({ category, tag, price, stock }: Filters): Query => ({
  bool: { filter: [...category, ...tag, ...price, ...stock] },
});

export function facetRequests(
  filters: Filters,
): Record<keyof Facets, estypes.AggregationsAggregationContainer> {
  const order = [{ _count: 'desc' as const }, { _key: 'asc' as const }];
  const ranges = priceRangeStarts.map((from, index) => ({ from, to: priceRangeStarts[index + 1] }));
  const stocks = { true: { range: { stock: { gt: 0 } } }, false: { range: { stock: { lte: 0 } } } };
  return {
    categories: counted(allOf({ ...filters, category: [] }), {
      terms: { field: 'category', size: mostCategories, order },
    }),
    tags: counted(allOf({ ...filters, tag: [] }), { terms: { field: 'tags', size: mostTags, order } }),
    priceRanges: counted(allOf({ ...filters, price: [] }), { range: { field: 'price', ranges } }),
    inStock: counted(allOf({ ...filters, stock: [] }), { filters: { filters: stocks } }),
  };
}

const counted = (filter: Query, values: estypes.AggregationsAggregationContainer) => ({
  filter,
  aggs: { values },
});

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

export function facetsOf({ categories, tags, priceRanges, inStock }: FacetReplies): Facets {
  const valuesOf = ({ values }: Counted<readonly Bucket[]>) =>
    values.buckets.map(({ key, doc_count }) => ({ value: key, count: doc_count }));
  return {
    categories: valuesOf(categories),
    tags: valuesOf(tags),
    priceRanges: priceRangeStarts.map((from, index) => {
      const next = priceRangeStarts[index + 1];
      const count = priceRanges.values.buckets[index]?.doc_count ?? 0;
      return { from, to: next === undefined ? null : next - 1, count };
    }),
    inStock: {
      true: inStock.values.buckets.true.doc_count,
      false: inStock.values.buckets.false.doc_count,
    },
  };
}

export function orderOf(sort: ProductSort): estypes.SortCombinations[] {
  const orders: Record<ProductSort, estypes.SortCombinations[]> = {
    relevance: [{ _score: { order: 'desc' } }, { id: 'asc' }],
    price: [{ price: 'asc' }, { id: 'asc' }],
    '-price': [{ price: 'desc' }, { id: 'desc' }],
    name: [{ sortName: 'asc' }, { id: 'asc' }],
    '-name': [{ sortName: 'desc' }, { id: 'desc' }],
    newest: [{ id: 'desc' }],
  };
  return orders[sort];
}

/** Where to go on from a position, as `search_after` takes it. */
export function searchAfter({ id, value }: Position, sort: ProductSort): estypes.FieldValue[] {
  if (sort === 'newest') return [id];
  return [typeof value === 'string' ? sortName(value) : value, id];
}
