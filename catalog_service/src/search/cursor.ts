import { createHash } from 'node:crypto';
import { fields } from '@shop/contracts';
import type { Product } from '../domain/product.ts';
import { countedExactly, type ProductSearch, type ProductSort, sortOf } from '../domain/search-index.ts';
import { problem } from '../problems.ts';
import { foldText } from './folding.ts';

/**
 * Where a page ended: the last product's id, and what the order goes by (its price, its name as it is written, or the
 * engine's own score). Any engine can go on from a price, a name or an id; a score, and a place among groups, are bound to
 * their engine.
 */
export interface Position {
  readonly id: number;
  readonly value: number | string | null;
}

export function positionOf({ id, price, name }: Product, sort: ProductSort, score: number): Position {
  const values = { relevance: score, price, '-price': price, name, '-name': name, newest: null };
  return { id, value: values[sort] };
}

/** @param engine names whose scores they are, if the search is by relevance */
export function writeCursor({ id, value }: Position, search: ProductSearch, engine: string): string {
  return Buffer.from(JSON.stringify([fingerprint(search, engine), id, value])).toString('base64url');
}

/** @throws Problem `validation-failed` for what {@link writeCursor} did not write for this search */
export function readCursor(cursor: string, search: ProductSearch, engine: string): Position {
  const position = parse(cursor, search);
  if (position === undefined || writeCursor(position, search, engine) !== cursor)
    throw problem('validation-failed', {
      errors: [{ field: 'cursor', message: 'is not one of this search: begin without it' }],
    });
  return position;
}

function parse(cursor: string, search: ProductSearch): Position | undefined {
  const sort = sortOf(search);
  try {
    const [, id, value] = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return isInteger(id, fields.id.maximum) && id > 0 && isValue(value, sort, search.collapse)
      ? { id, value }
      : undefined;
  } catch {
    return undefined;
  }
}

function isValue(value: unknown, sort: ProductSort, collapse?: 'group'): boolean {
  if (collapse && isInteger(value, countedExactly)) return true;
  if (sort === 'newest') return value === null;
  if (sort.endsWith('name')) return typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value);
  // Scores of an engine may be fractions.
  return sort === 'relevance'
    ? typeof value === 'number' && Math.abs(value) <= highestScore
    : isInteger(value, fields.amount.maximum);
}

const highestScore = 2_147_483_647;
const isInteger = (value: unknown, most: number) =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= most;

/** Ties a cursor to its search: under other filters or in another order it would lead to a wrong place. */
function fingerprint(search: ProductSearch, engine: string): string {
  const { text, category, tag, currency, minPrice, maxPrice, inStock, collapse } = search;
  const sort = sortOf(search);
  const key = text === undefined ? undefined : foldText(text);
  const parts = [key, category, tag, minPrice, maxPrice, inStock, sort, sort === 'relevance' && engine];
  if (currency !== undefined) parts.push(currency);
  // Each engine has its own way to go on from one group to the next.
  if (collapse !== undefined) parts.push(collapse, engine);
  return createHash('sha256')
    .update(JSON.stringify(parts.map((part) => part ?? null)))
    .digest('base64url')
    .slice(0, 12);
}
