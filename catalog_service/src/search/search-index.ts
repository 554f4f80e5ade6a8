import type { Product } from '../domain/product.ts';

export const productSorts = ['relevance', 'price', '-price', 'name', '-name', 'newest'] as const;
export type ProductSort = (typeof productSorts)[number];

export interface ProductSearch {
  /** Words as somebody typed them: the last may be unfinished, and all may be misspelt. */
  readonly text?: string;
  readonly category?: string;
  readonly tag?: string;
  /** Minor units, inclusive. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  /** True: only what can be had now. False: only what is sold out. */
  readonly inStock?: boolean;
  /** Relevance when there is a text, else the newest first. */
  readonly sort?: ProductSort;
}

export interface ProductPage {
  readonly items: readonly Product[];
  /** How many there are on all pages. */
  readonly total: number;
}

/** Finds products on sale. */
export interface SearchIndex {
  search(search: ProductSearch, limit: number, offset: number): Promise<ProductPage>;
}
