import { productColumns } from '../../db/product-rows.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Position } from '../cursor.ts';
import { mostCategories, mostTags, priceRangeStarts } from '../facets.ts';
import { excerptLength, highlightedLength, type Marks } from '../highlights.ts';
import { countedExactly, type ProductSearch, sortOf } from '../search-index.ts';
import { weights } from '../weights.ts';
import { sortKeys } from './sort-keys.ts';
import { wantedFor } from './text-query.ts';

export interface PageRequest {
  readonly search: ProductSearch;
  /** Of the text; undefined when there is none. */
  readonly words: readonly string[] | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly after: Position | undefined;
  /** To be put around the found words; undefined when no highlights were asked for. */
  readonly marks: Marks | undefined;
}

/** One page (and one product more, if there is one), the total, and the facets if asked for, in one row. */
export function pageQuery({ search, words, limit, offset, after, marks }: PageRequest): Prisma.Sql {
  const found = words === undefined ? Prisma.sql`p.deleted_at IS NULL` : onSaleAndWanted;
  const { category, tag, price, stock } = filters(search);
  const fits = Prisma.sql`${found} AND ${category} AND ${tag} AND ${price} AND ${stock}`;
  const score = words === undefined ? Prisma.sql`0` : scoreOf(words);
  const keys = sortKeys(sortOf(search), score);
  const page = Prisma.sql`
    SELECT ${productColumns}, ${score} AS score FROM products p
    WHERE ${fits} AND ${after === undefined ? anything : keys.after(after)}
    ORDER BY ${keys.order} LIMIT ${limit + 1}::int OFFSET ${offset}::int`;
  return Prisma.sql`
    WITH ${words === undefined ? Prisma.sql`nothing AS (SELECT)` : wantedFor(words)}
    SELECT
      (SELECT coalesce(jsonb_agg(page), '[]') FROM (${marks ? withMarks(page, marks) : page}) AS page) AS items,
      (SELECT count(*)::int FROM (
        SELECT FROM products p WHERE ${fits} LIMIT ${countedExactly + 1}::int
      ) AS counted) AS total,
      ${search.facets ? facets(search, found) : Prisma.sql`NULL`} AS facets`;
}

const anything = Prisma.sql`true`;

const onSaleAndWanted = Prisma.sql`
  p.deleted_at IS NULL AND p.search_document @@ (SELECT query FROM wanted)`;

/** Each filter by itself, for each facet leaves out its own. Products and the cube have the same column names. */
function filters({ category, tag, minPrice, maxPrice, inStock }: ProductSearch) {
  return {
    category: category === undefined ? anything : Prisma.sql`category = ${category}`,
    tag: tag === undefined ? anything : Prisma.sql`tags @> ARRAY[${tag}]::text[]`,
    price: Prisma.sql`(${minPrice === undefined ? anything : Prisma.sql`price >= ${minPrice}::int`}
      AND ${maxPrice === undefined ? anything : Prisma.sql`price <= ${maxPrice}::int`})`,
    stock: inStock === undefined ? anything : inStock ? Prisma.sql`stock > 0` : Prisma.sql`stock = 0`,
  };
}

/**
 * Relevance as a whole number, so that it can be compared for equality: where the words stand, and of equals how much
 * of the name was asked for. The categories D to A of `search_document`: none, description, labels, name.
 */
function scoreOf(words: readonly string[]): Prisma.Sql {
  const { name, labels, description } = weights;
  const ranks = [0, description, labels, name].map((weight) => weight / Math.max(name, labels, description));
  return Prisma.sql`(1000 * ts_rank(${ranks}::float4[], p.search_document, (SELECT in_names FROM wanted))
    + 100 * least(1, ${words.join(' ').length}::float8 / greatest(1, length(p.name))))::int`;
}

/** The rows of a page, with marks around the found words. */
function withMarks(page: Prisma.Sql, { open, close }: Marks): Prisma.Sql {
  const selectors = `StartSel=${open}, StopSel=${close}`;
  const excerptWords = Math.round(excerptLength / 6);
  const marked = (text: Prisma.Sql, query: Prisma.Sql, options: string) => Prisma.sql`
    ts_headline('shop_english', plain_text(left(${text}, ${highlightedLength}::int)),
      (SELECT ${query} FROM wanted), ${`${selectors}, ${options}`})`;
  const excerpt = `MaxWords=${excerptWords}, MinWords=${excerptWords - 10}, ShortWord=0`;
  return Prisma.sql`
    SELECT page.*,
      ${marked(Prisma.sql`page.name`, Prisma.sql`in_names`, 'HighlightAll=true')} AS "markedName",
      ${marked(Prisma.sql`page.description`, Prisma.sql`in_descriptions`, excerpt)} AS "markedDescription"
    FROM (${page}) AS page`;
}

/** All facets, from a cube of counts, so that the products are gone through once, whatever is counted. */
function facets(search: ProductSearch, found: Prisma.Sql): Prisma.Sql {
  const { category, tag, price } = filters(search);
  const inCube = search.inStock === undefined ? anything : Prisma.sql`"inStock" = ${search.inStock}`;
  return Prisma.sql`(
    WITH cube AS MATERIALIZED (
      SELECT category, tags, width_bucket(price, ${[...priceRangeStarts]}::int[]) - 1 AS range,
        stock > 0 AS "inStock", ${price} AS "priceFits", count(*)::int AS count
      FROM products p WHERE ${found}
      GROUP BY 1, 2, 3, 4, 5
    )
    SELECT jsonb_build_object(
      'categories', ${mostFrequent(
        Prisma.sql`SELECT category AS value, sum(count)::int AS count FROM cube
          WHERE category IS NOT NULL AND ${tag} AND "priceFits" AND ${inCube} GROUP BY 1`,
        mostCategories,
      )},
      'tags', ${mostFrequent(
        Prisma.sql`SELECT one_tag AS value, sum(count)::int AS count FROM cube, unnest(tags) AS one_tag
          WHERE ${category} AND "priceFits" AND ${inCube} GROUP BY 1`,
        mostTags,
      )},
      'ranges', (SELECT coalesce(jsonb_object_agg(range, sum), '{}') FROM (
        SELECT range, sum(count)::int FROM cube WHERE ${category} AND ${tag} AND ${inCube} GROUP BY 1
      ) AS counted),
      'stock', (SELECT coalesce(jsonb_object_agg("inStock", sum), '{}') FROM (
        SELECT "inStock", sum(count)::int FROM cube WHERE ${category} AND ${tag} AND "priceFits" GROUP BY 1
      ) AS counted)
    ))`;
}

/** The most frequent values, of a query for `value` and `count`. */
function mostFrequent(counts: Prisma.Sql, most: number): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(jsonb_agg(top), '[]') FROM (
    SELECT value, count FROM (${counts}) AS counted ORDER BY count DESC, value COLLATE "C" LIMIT ${most}::int
  ) AS top)`;
}
