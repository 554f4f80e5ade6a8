/** Where each price range of the facets begins, in minor units; it ends where the next one begins. */
export const priceRangeStarts = [0, 2_500, 5_000, 10_000, 20_000] as const;
