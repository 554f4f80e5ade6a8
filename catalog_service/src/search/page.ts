import type { Product } from '../domain/product.ts';
import {
  type FoundProduct,
  type ProductPage,
  type ProductSearch,
  type ProductSort,
  sortOf,
} from '../domain/search-index.ts';
import { type Position, positionOf, readCursor, writeCursor } from './cursor.ts';
import { type Marks, newMarks, toHtml } from './highlights.ts';
import { searchWords } from './search-words.ts';

/** A search as any engine takes it. */
export interface PageRequest {
  readonly search: ProductSearch;
  /** The name of the engine: for cursors. */
  readonly engine: string;
  readonly sort: ProductSort;
  /** Of the text; undefined when there is none. */
  readonly words: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly after: Position | undefined;
  /** To be put around the found words; undefined when no highlights were asked for. */
  readonly marks: Marks | undefined;
}

/** @throws Problem `validation-failed` for a cursor that is broken or of another search */
export function toRequest(engine: string, search: ProductSearch, limit: number, offset: number): PageRequest {
  const { text, cursor, highlight } = search;
  return {
    ...{ search, engine, limit, offset },
    sort: sortOf(search),
    words: text === undefined ? undefined : searchWords(text),
    after: cursor === undefined ? undefined : readCursor(cursor, search, engine),
    marks: highlight && text !== undefined ? newMarks() : undefined,
  };
}

/** A product as an engine found it. */
export interface Hit {
  readonly product: Product;
  readonly score: number;
  /** Parts of the name and the description with marks around the found words. */
  readonly marked: { readonly name?: string | null; readonly description?: string | null };
}

/**
 * @param hits one more than the page has, if there is one
 * @param plainText what the engine makes of a text before it puts marks in it
 */
export function toPage(
  { search, engine, sort, limit, marks }: PageRequest,
  hits: readonly Hit[],
  counted: Pick<ProductPage, 'total' | 'totalIsExact' | 'facets'>,
  plainText = (text: string) => text,
): ProductPage {
  const page = hits.slice(0, limit);
  const last = hits.length > limit ? page.at(-1) : undefined;
  const toItem = ({ product, marked }: Hit): FoundProduct => {
    if (marks === undefined) return product;
    const html = (field: 'name' | 'description') =>
      toHtml(product[field], marked[field], marks, plainText(product[field]));
    const [name, description] = [html('name'), html('description')];
    return { ...product, highlights: { ...(name && { name }), ...(description && { description }) } };
  };
  return {
    items: page.map(toItem),
    ...counted,
    nextCursor: last ? writeCursor(positionOf(last.product, sort, last.score), search, engine) : null,
  };
}
