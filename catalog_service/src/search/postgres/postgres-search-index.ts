import { withPostgresCodes } from '../../db/errors.ts';
import type { PrismaClient } from '../../db/prisma.ts';
import { type ProductRow, toProduct } from '../../db/product-rows.ts';
import { positionOf, readCursor, writeCursor } from '../cursor.ts';
import { priceRanges } from '../facets.ts';
import { type Marks, newMarks, toHtml } from '../highlights.ts';
import {
  countedExactly,
  type FacetValue,
  type FoundProduct,
  type ProductPage,
  type SearchIndex,
  sortOf,
} from '../search-index.ts';
import { searchWords } from '../search-words.ts';
import { type PageRequest, pageQuery } from './page-query.ts';
import { suggest } from './suggest.ts';

const engine = 'postgres';

/** Searches the products table itself, so that what was saved is found at once. */
export function createPostgresSearchIndex(prisma: PrismaClient): SearchIndex {
  return {
    search: async (search, limit, offset) => {
      const after = search.cursor === undefined ? undefined : readCursor(search.cursor, search, engine);
      const words = search.text === undefined ? undefined : searchWords(search.text);
      const marks = search.highlight && words !== undefined ? newMarks() : undefined;
      const request = { search, words, limit, offset, after, marks };
      const [row] = await withPostgresCodes(() => prisma.$queryRaw<[PageRow]>(pageQuery(request)));
      return toPage(row, request);
    },
    suggest: (text, limit) => suggest(prisma, text, limit),
  };
}

type ItemRow = Omit<ProductRow, 'createdAt' | 'updatedAt'> & {
  readonly createdAt: string;
  readonly updatedAt: string;
  readonly score: number;
  readonly markedName?: string | null;
  readonly markedDescription?: string | null;
};

interface PageRow {
  readonly items: readonly ItemRow[];
  /** Counted no further than one more than is told. */
  readonly total: number;
  readonly facets: {
    readonly categories: readonly FacetValue[];
    readonly tags: readonly FacetValue[];
    /** By the index of the range. */
    readonly ranges: Readonly<Record<string, number>>;
    readonly stock: Readonly<Partial<Record<'true' | 'false', number>>>;
  } | null;
}

function toPage({ items: rows, total, facets }: PageRow, { search, limit, marks }: PageRequest): ProductPage {
  const page = rows.slice(0, limit);
  const last = page.at(-1);
  const hasMore = rows.length > limit && last !== undefined;
  const items = page.map((row) => toItem(row, marks));
  return {
    items,
    total: Math.min(total, countedExactly),
    totalIsExact: total <= countedExactly,
    ...(facets && {
      facets: {
        categories: facets.categories,
        tags: facets.tags,
        priceRanges: priceRanges((index) => facets.ranges[index]),
        inStock: { true: facets.stock.true ?? 0, false: facets.stock.false ?? 0 },
      },
    }),
    nextCursor: hasMore
      ? writeCursor(positionOf(toItem(last, undefined), sortOf(search), last.score), search, engine)
      : null,
  };
}

function toItem(row: ItemRow, marks: Marks | undefined): FoundProduct {
  const product = toProduct({
    ...row,
    createdAt: new Date(row.createdAt),
    updatedAt: new Date(row.updatedAt),
  });
  if (marks === undefined) return product;
  const name = toHtml(product.name, row.markedName, marks, plainText(product.name));
  const description = toHtml(
    product.description,
    row.markedDescription,
    marks,
    plainText(product.description),
  );
  return { ...product, highlights: { ...(name && { name }), ...(description && { description }) } };
}

/** What the function of that name in the database makes of a text: words, without signs that make them addresses. */
const plainText = (text: string) => text.replaceAll(/[/@:._<>&=#]/g, ' ');
