import type { estypes } from '@elastic/elasticsearch';
import type { Facets, ProductSearch } from '../../domain/search-index.ts';
import { mostCategories, mostTags, priceRangeStarts } from '../facets.ts';
import { foldText } from '../folding.ts';
import type { Query } from './client.ts';

type Facet = keyof Facets;

/** All filters, without that of a facet if it is named. */
export function filtersOf(search: ProductSearch, except?: Facet): Query[] {
  const { category, tag, currency, minPrice, maxPrice, inStock } = search;
  const filters: Record<Facet, Query | undefined> = {
    categories: category === undefined ? undefined : { term: { categoryKey: foldText(category) } },
    tags: tag === undefined ? undefined : { term: { tagKeys: foldText(tag) } },
    priceRanges:
      (minPrice ?? maxPrice) === undefined
        ? undefined
        : { range: { price: { gte: minPrice, lte: maxPrice } } },
    inStock: inStock === undefined ? undefined : { range: { stock: inStock ? { gt: 0 } : { lte: 0 } } },
  };
  const filter = Object.entries(filters).flatMap(([facet, query]) =>
    query && facet !== except ? [query] : [],
  );
  const wanted = except === 'priceRanges' ? (search.facetCurrency ?? currency) : currency;
  if (wanted !== undefined) filter.push({ term: { currency: wanted } });
  return filter;
}

/** A count of each value (`values`) under all filters but the facet's own. */
export function facetRequests(
  search: ProductSearch,
): Record<Facet, estypes.AggregationsAggregationContainer> {
  const isCollapsed = search.collapse !== undefined;
  const groups: Record<string, estypes.AggregationsAggregationContainer> = isCollapsed
    ? { groups: { cardinality: { field: 'groupKey' } } }
    : {};
  const count = isCollapsed ? { groups: 'desc' as const } : { _count: 'desc' as const };
  const order = [count, { _key: 'asc' as const }];
  const labels = (field: 'category' | 'tags', size: number) => ({
    terms: { field: keys[field], size, order },
    aggs: { ...oldest(field), ...groups },
  });
  const ranges = priceRangeStarts.map((from, index) => ({
    key: String(from),
    from,
    to: priceRangeStarts[index + 1],
  }));
  const stocks = [
    { key: 'true', from: 1 },
    { key: 'false', to: 1 },
  ];
  const counted = (facet: Facet, values: estypes.AggregationsAggregationContainer) => ({
    filter: { bool: { filter: filtersOf(search, facet) } },
    aggs: { values },
  });
  return {
    categories: counted('categories', labels('category', mostCategories)),
    tags: counted('tags', labels('tags', mostTags)),
    priceRanges: counted('priceRanges', { range: { field: 'price', ranges }, aggs: groups }),
    inStock: counted('inStock', { range: { field: 'stock', ranges: stocks }, aggs: groups }),
  };
}

const keys = { category: 'categoryKey', tags: 'tagKeys' } as const;

/** Of several ways to write a category or a tag, that of the oldest product is shown. */
export const oldest = (
  field: 'category' | 'tags',
): Record<string, estypes.AggregationsAggregationContainer> => ({
  oldest: { top_hits: { size: 1, sort: [{ id: 'asc' }], _source: [field] } },
});
