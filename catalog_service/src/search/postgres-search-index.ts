import { withPostgresCodes } from '../db/errors.ts';
import type { PrismaClient } from '../db/prisma.ts';
import { type ProductRow, toProduct } from '../db/product-rows.ts';
import { positionOf, readCursor, writeCursor } from './cursor.ts';
import { newMarks } from './highlights.ts';
import { highlightsOf, type MarkedTexts } from './postgres-highlights.ts';
import { type PageRequest, pageQuery } from './postgres-page-query.ts';
import { suggest } from './postgres-suggest.ts';
import { type TextQuery, textQuery, wordsToRead } from './postgres-text-query.ts';
import { readWords } from './postgres-vocabulary.ts';
import { priceRangeStarts } from './price-ranges.ts';
import { type Facets, type FacetValue, type ProductPage, type SearchIndex, sortOf } from './search-index.ts';
import { searchWords } from './search-words.ts';

const engine = 'postgres';

/**
 * Searches the products table itself, so that what was saved is found at once. A text costs one query more: what the
 * catalog knows of its words, so that each can be taken as it was typed, as begun, or as misspelt.
 */
export function createPostgresSearchIndex(prisma: PrismaClient): SearchIndex {
  return {
    search: async (search, limit, offset) => {
      const after = search.cursor === undefined ? undefined : readCursor(search.cursor, search, engine);
      const text = search.text === undefined ? undefined : await readText(prisma, search.text);
      const marks = search.highlight && text !== undefined ? newMarks() : undefined;
      const request = { search, text, limit, offset, after, marks };
      const [row] = await withPostgresCodes(() => prisma.$queryRaw<[PageRow]>(pageQuery(request)));
      return toPage(row, request);
    },
    suggest: (text, limit) => suggest(prisma, text, limit),
  };
}

async function readText(prisma: PrismaClient, text: string): Promise<TextQuery | null> {
  const words = searchWords(text);
  return textQuery(words, await readWords(prisma, wordsToRead(words))) ?? null;
}

type JsonProduct = Omit<ProductRow, 'createdAt' | 'updatedAt'> &
  MarkedTexts & {
    readonly createdAt: string;
    readonly updatedAt: string;
    readonly sortValue: number;
  };

interface PageRow {
  readonly items: readonly JsonProduct[];
  readonly total: number;
  readonly categories: readonly FacetValue[];
  readonly tags: readonly FacetValue[];
  /** By the index of the range. */
  readonly ranges: Readonly<Record<string, number>>;
  readonly stock: Readonly<Partial<Record<'true' | 'false', number>>>;
}

function toPage(row: PageRow, { search, limit, marks }: PageRequest): ProductPage {
  const items = row.items.slice(0, limit).map((item) => ({
    ...toProduct({ ...item, createdAt: new Date(item.createdAt), updatedAt: new Date(item.updatedAt) }),
    ...(marks && { highlights: highlightsOf(item, marks) }),
  }));
  const last = items.at(-1);
  const score = row.items[limit - 1]?.sortValue ?? 0;
  const more = row.items.length > limit && last !== undefined;
  const nextCursor = more ? writeCursor(positionOf(last, sortOf(search), score), search, engine) : null;
  return { items, total: row.total, facets: toFacets(row), nextCursor };
}

function toFacets({ categories, tags, ranges, stock }: PageRow): Facets {
  const priceRanges = priceRangeStarts.map((from, index) => {
    const next = priceRangeStarts[index + 1];
    return { from, to: next === undefined ? null : next - 1, count: ranges[index] ?? 0 };
  });
  return { categories, tags, priceRanges, inStock: { true: stock.true ?? 0, false: stock.false ?? 0 } };
}
