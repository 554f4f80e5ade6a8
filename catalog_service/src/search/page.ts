import type { Product } from '../domain/product.ts';
import {
  type FoundProduct,
  type ProductPage,
  type ProductSearch,
  type ProductSort,
  sortOf,
} from '../domain/search-index.ts';
import { type Position, positionOf, readCursor, writeCursor } from './cursor.ts';
import { foldText } from './folding.ts';
import { type FoundWords, markDescription, markName } from './highlights.ts';
import { searchWords } from './search-words.ts';

/** A search as any engine takes it. */
export interface PageRequest {
  readonly search: ProductSearch;
  /** The name of the engine: for cursors. */
  readonly engine: string;
  readonly sort: ProductSort;
  /** Of the text; undefined when there is none. */
  readonly words: readonly string[] | undefined;
  /** The whole text, folded: names that are so come first. */
  readonly key: string;
  readonly limit: number;
  readonly offset: number;
  readonly after: Position | undefined;
  readonly highlight: boolean;
}

/** @throws Problem `validation-failed` for a cursor that is broken or of another search */
export function toRequest(engine: string, search: ProductSearch, limit: number, offset: number): PageRequest {
  const { text, cursor, highlight } = search;
  return {
    ...{ search, engine, limit, offset },
    sort: sortOf(search),
    words: text === undefined ? undefined : searchWords(text),
    key: foldText(text ?? ''),
    after: cursor === undefined ? undefined : readCursor(cursor, search, engine),
    highlight: highlight === true && text !== undefined,
  };
}

/** A product as an engine found it. */
export interface Hit {
  readonly product: Product;
  readonly score: number;
  /** The words of its texts that the search was for, if they were asked for. */
  readonly found: { readonly name: FoundWords; readonly description: FoundWords };
}

/** @param hits one more than the page has, if there is one */
export function toPage(
  { search, engine, sort, limit, highlight }: PageRequest,
  hits: readonly Hit[],
  counted: Pick<ProductPage, 'total' | 'totalIsExact' | 'facets'>,
): ProductPage {
  const page = hits.slice(0, limit);
  const last = hits.length > limit ? page.at(-1) : undefined;
  const toItem = ({ product, found }: Hit): FoundProduct => {
    if (!highlight) return product;
    const name = markName(product.name, found.name);
    const description = markDescription(product.description, found.description);
    return { ...product, highlights: { ...(name && { name }), ...(description && { description }) } };
  };
  return {
    items: page.map(toItem),
    ...counted,
    nextCursor: last ? writeCursor(positionOf(last.product, sort, last.score), search, engine) : null,
  };
}
