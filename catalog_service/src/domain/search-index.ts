import type { Product } from './product.ts';

export const productSorts = ['relevance', 'price', '-price', 'name', '-name', 'newest'] as const;
/** Names are compared without accents and capitals; `newest` is by id. What is equal goes by id. */
export type ProductSort = (typeof productSorts)[number];

export interface ProductSearch {
  /**
   * Words as somebody typed them: any may be unfinished or misspelt, in the plural, without its accents, or another
   * word for the same (see `search/synonyms.ts`).
   */
  readonly text?: string;
  readonly category?: string;
  readonly tag?: string;
  /** ISO 4217, lower case. */
  readonly currency?: string;
  /** Minor units, inclusive. */
  readonly minPrice?: number;
  readonly maxPrice?: number;
  /** True: only what can be had now. False: only what is sold out. */
  readonly inStock?: boolean;
  /** Relevance when there is a text, else the newest first. */
  readonly sort?: ProductSort;
  /** Of each group the product that comes first in this order; totals and facets count groups. */
  readonly collapse?: 'group';
  /** The `nextCursor` of the page before, of the same search; `offset` counts from there. */
  readonly cursor?: string;
  /** Shows where the words of the text were found. */
  readonly highlight?: boolean;
  /** Counts what each further filter would give: that looks at every product that is found. */
  readonly facets?: boolean;
  /** The currency whose prices the facets count. All of them, if it is undefined: for a shop that has one. */
  readonly facetCurrency?: string;
}

/**
 * Prices of several currencies cannot be compared: a search that filters or sorts by price is of one currency, and so
 * are the price ranges of its facets.
 */
export function withOneCurrency(search: ProductSearch, defaultCurrency: string): ProductSearch {
  const { minPrice, maxPrice, sort, currency = defaultCurrency } = search;
  const byPrice = (minPrice ?? maxPrice) !== undefined || sort === 'price' || sort === '-price';
  return { ...search, ...(byPrice && { currency }), facetCurrency: currency };
}

/** The order that a search really has. */
export function sortOf({ text, sort = 'relevance' }: ProductSearch): ProductSort {
  return sort === 'relevance' && text === undefined ? 'newest' : sort;
}

export interface FacetValue {
  readonly value: string;
  readonly count: number;
}

/** Both ends are inclusive; null is "no end". */
export interface PriceRangeCount {
  readonly from: number;
  readonly to: number | null;
  readonly count: number;
}

/**
 * How many products each choice would give, under the text and all other filters: choosing a category changes the
 * count of every tag, but not that of the other categories. The most frequent come first, equals by name.
 */
export interface Facets {
  readonly categories: readonly FacetValue[];
  readonly tags: readonly FacetValue[];
  /** All of `search/facets.ts`, empty ones too. */
  readonly priceRanges: readonly PriceRangeCount[];
  readonly inStock: { readonly true: number; readonly false: number };
}

/** A total up to this is exact. */
export const countedExactly = 10_000;

/** Categories are few, and must leave room for products. */
export const mostSuggestedCategories = 3;

/**
 * Where the words of a text were found, or what they were taken for: HTML in which they are in `<mark>` and all else is
 * escaped. What has none of them is left out.
 */
export interface Highlights {
  /** The whole name. */
  readonly name?: string;
  /** About 150 of the first 2,000 characters, with "…" where the description goes on. */
  readonly description?: string;
}

export interface FoundProduct extends Product {
  /** If they were asked for, and there is a text. */
  readonly highlights?: Highlights;
}

export interface ProductPage {
  readonly items: readonly FoundProduct[];
  /** How many there are on all pages. */
  readonly total: number;
  /** False: there are more than `total`, which is 10,000. */
  readonly totalIsExact: boolean;
  /** If they were asked for. */
  readonly facets?: Facets;
  /**
   * Where the next page begins, also when products come or go meanwhile; null on the last page. Pagination by it
   * shows every product that stays as it is exactly once.
   */
  readonly nextCursor: string | null;
}

export type Suggestion =
  | { readonly kind: 'category'; readonly text: string }
  | { readonly kind: 'product'; readonly text: string; readonly id: number };

/** Finds products on sale. An engine that is far away stops when the signal says that its caller waits no more. */
export interface SearchIndex {
  /**
   * A text finds the products that have all of its words; a word that no product has is taken for misspelt, or else
   * left out. When no product has all of them, those that have all but one are found.
   * @throws Problem `validation-failed` for a cursor that is broken or of another search
   */
  search(search: ProductSearch, limit: number, offset: number, signal?: AbortSignal): Promise<ProductPage>;
  /**
   * How what is being typed may go on: names of categories and products, each once, with words that begin so; from
   * four letters on, also with words that nearly begin so.
   */
  suggest(text: string, limit: number, signal?: AbortSignal): Promise<readonly Suggestion[]>;
}
