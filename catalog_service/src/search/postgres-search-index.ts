import { withPostgresCodes } from '../db/errors.ts';
import type { PrismaClient } from '../db/prisma.ts';
import { type ProductRow, productColumns, toProduct } from '../db/product-rows.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { ProductPage, ProductSearch, ProductSort, SearchIndex } from './search-index.ts';
import { allWordsQuery, searchWords } from './search-words.ts';

/** How a text selects products, and which of them come first. */
interface Match {
  readonly condition: Prisma.Sql;
  readonly relevance: Prisma.Sql;
}

/**
 * How alike a word of the product must be to the one that was typed (0 to 1). pg_trgm's own 0.6 misses two swapped
 * letters in a short word.
 */
const likeness = '0.45';

const everything: Match = { condition: Prisma.sql`true`, relevance: Prisma.sql`0` };

/**
 * Searches the products table itself, so that what was saved is found at once. First for the words as they are
 * (whatever their endings and accents); only when no product at all has them, for words that look like them.
 */
export function createPostgresSearchIndex(prisma: PrismaClient): SearchIndex {
  return {
    search: (search, limit, offset) =>
      withPostgresCodes(async () => {
        if (search.text === undefined) return toPage(await prisma.$queryRaw(page(everything)));
        const words = searchWords(search.text);
        if (words.length === 0) return { items: [], total: 0 };
        const exact = toPage(await prisma.$queryRaw(page(matchWords(words))));
        if (exact.total > 0) return exact;
        const [, rows] = await prisma.$transaction([
          prisma.$queryRaw`SELECT set_config('pg_trgm.word_similarity_threshold', ${likeness}, true)`,
          prisma.$queryRaw<PageRow[]>(page(matchSimilarWords(words))),
        ]);
        return toPage(rows);

        function page(match: Match): Prisma.Sql {
          return pageQuery(match, search, limit, offset);
        }
      }),
  };
}

function matchWords(words: readonly string[]): Match {
  const query = Prisma.sql`to_tsquery('shop_english', ${allWordsQuery(words)})`;
  // The weights of description, (none), category and tags, name; equal ranks go by how much of the name was asked.
  const rank = Prisma.sql`ts_rank('{0, 0.1, 0.4, 1}', p.search_document, ${query})`;
  return {
    condition: Prisma.sql`p.search_document @@ ${query}`,
    relevance: Prisma.sql`${rank} + 0.1 * similarity(p.name, ${words.join(' ')})`,
  };
}

function matchSimilarWords(words: readonly string[]): Match {
  const alike = words.map((word) => Prisma.sql`p.search_words %> ${word}`);
  const scores = words.map((word) => Prisma.sql`word_similarity(${word}, p.search_words)`);
  const exact = Prisma.sql`SELECT FROM products p WHERE p.deleted_at IS NULL AND ${matchWords(words).condition}`;
  return {
    condition: Prisma.sql`${Prisma.join(alike, ' AND ')} AND NOT EXISTS (${exact})`,
    relevance: Prisma.sql`${Prisma.join(scores, ' + ')}`,
  };
}

type PageRow = { total: number } & (ProductRow | { id: null });

/** One page and the total in one statement; a page beyond the end still tells the total. */
function pageQuery(match: Match, search: ProductSearch, limit: number, offset: number): Prisma.Sql {
  const wanted = Prisma.sql`products p WHERE p.deleted_at IS NULL AND ${match.condition} ${filters(search)}`;
  const order = orderBy(search.sort ?? (search.text === undefined ? 'newest' : 'relevance'), match);
  return Prisma.sql`
    WITH page AS (
      SELECT ${productColumns}, row_number() OVER (ORDER BY ${order}) AS position
      FROM ${wanted} ORDER BY position LIMIT ${limit}::int OFFSET ${offset}::int
    )
    SELECT (SELECT count(*)::int FROM ${wanted}) AS total, page.*
    FROM (SELECT) AS one LEFT JOIN page ON true ORDER BY page.position`;
}

function filters({ category, tag, minPrice, maxPrice, inStock }: ProductSearch): Prisma.Sql {
  const conditions = [
    category !== undefined && Prisma.sql`AND p.category = ${category}`,
    tag !== undefined && Prisma.sql`AND p.tags @> ARRAY[${tag}]::text[]`,
    minPrice !== undefined && Prisma.sql`AND p.price >= ${minPrice}::int`,
    maxPrice !== undefined && Prisma.sql`AND p.price <= ${maxPrice}::int`,
    inStock !== undefined && (inStock ? Prisma.sql`AND p.stock > 0` : Prisma.sql`AND p.stock = 0`),
  ].filter((condition) => condition !== false);
  return conditions.length === 0 ? Prisma.empty : Prisma.join(conditions, ' ');
}

function orderBy(sort: ProductSort, match: Match): Prisma.Sql {
  switch (sort) {
    case 'relevance':
      return Prisma.sql`${match.relevance} DESC, p.id`;
    case 'price':
      return Prisma.sql`p.price, p.id`;
    case '-price':
      return Prisma.sql`p.price DESC, p.id DESC`;
    case 'name':
      return Prisma.sql`lower(p.name), p.id`;
    case '-name':
      return Prisma.sql`lower(p.name) DESC, p.id DESC`;
    case 'newest':
      return Prisma.sql`p.id DESC`;
  }
}

function toPage(rows: readonly PageRow[]): ProductPage {
  const products = rows.filter((row): row is PageRow & ProductRow => row.id !== null);
  return { items: products.map(toProduct), total: rows[0]?.total ?? 0 };
}
