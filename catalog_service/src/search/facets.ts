import type { Facets, FacetValue } from '../domain/search-index.ts';

/** Where each price range begins, in minor units; it ends where the next one begins. */
export const priceRangeStarts = [0, 2_500, 5_000, 10_000, 20_000] as const;

export const mostCategories = 100;
export const mostTags = 20;

/** @param countsOf what an engine counted: of price ranges by where they begin, of stock by `true` and `false` */
export function toFacets(countsOf: (facet: keyof Facets) => readonly FacetValue[]): Facets {
  const countOf = (facet: keyof Facets, value: unknown) =>
    countsOf(facet).find((each) => each.value === String(value))?.count ?? 0;
  return {
    categories: countsOf('categories'),
    tags: countsOf('tags'),
    priceRanges: priceRangeStarts.map((from, index) => {
      const next = priceRangeStarts[index + 1];
      return { from, to: next === undefined ? null : next - 1, count: countOf('priceRanges', from) };
    }),
    inStock: { true: countOf('inStock', true), false: countOf('inStock', false) },
  };
}
