import type { PriceRangeCount } from './search-index.ts';

/** Where each price range begins, in minor units; it ends where the next one begins. */
export const priceRangeStarts = [0, 2_500, 5_000, 10_000, 20_000] as const;

export const mostCategories = 100;
export const mostTags = 20;

/** @param countOf how many products are in the range of that index */
export function priceRanges(countOf: (index: number) => number | undefined): PriceRangeCount[] {
  return priceRangeStarts.map((from, index) => {
    const next = priceRangeStarts[index + 1];
    return { from, to: next === undefined ? null : next - 1, count: countOf(index) ?? 0 };
  });
}
