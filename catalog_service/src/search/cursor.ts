import { createHash } from 'node:crypto';
import type { Product } from '../domain/product.ts';
import { problem } from '../problems.ts';
import { type ProductSearch, type ProductSort, sortOf } from './search-index.ts';
import { searchWords } from './search-words.ts';

/**
 * Where a page ended: the last product's id, and what the order goes by (its price, its name as it is written, or the
 * engine's own score). Any engine can go on from a price, a name or an id; a score is bound to its engine.
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
  const [print, id, value, ...more] = parseList(cursor);
  if (!isInteger(id) || id === 0 || !isValue(value, sortOf(search)) || more.length > 0)
    throw wrongCursor('is not one that was given for this order');
  if (print !== fingerprint(search, engine)) throw wrongCursor('belongs to another search: begin without it');
  return { id, value };
}

function parseList(cursor: string): unknown[] {
  try {
    const parsed: unknown = JSON.parse(Buffer.from(cursor, 'base64url').toString('utf8'));
    return Array.isArray(parsed) ? parsed : [];
  } catch {
    return [];
  }
}

function isValue(value: unknown, sort: ProductSort): value is Position['value'] {
  if (sort === 'newest') return value === null;
  if (sort.endsWith('name')) return isText(value);
  return sort === 'relevance' ? isScore(value) : isInteger(value);
}

const isInteger = (value: unknown): value is number =>
  Number.isInteger(value) && Number(value) >= 0 && Number(value) <= 2_147_483_647;

/** Scores of an engine may be fractions. */
const isScore = (value: unknown) => typeof value === 'number' && Math.abs(value) <= 2_147_483_647;

const isText = (value: unknown) => typeof value === 'string' && !/[\0\p{Surrogate}]/u.test(value);

/** Ties a cursor to its search: under other filters or in another order it would lead to a wrong place. */
function fingerprint(search: ProductSearch, engine: string): string {
  const { text, category, tag, minPrice, maxPrice, inStock } = search;
  const words = text === undefined ? undefined : searchWords(text);
  const sort = sortOf(search);
  const parts = [words, category, tag, minPrice, maxPrice, inStock, sort, sort === 'relevance' && engine];
  const canonical = JSON.stringify(parts.map((part) => part ?? null));
  return createHash('sha256').update(canonical).digest('base64url').slice(0, 12);
}

const wrongCursor = (message: string) =>
  problem('validation-failed', { errors: [{ field: 'cursor', message }] });
