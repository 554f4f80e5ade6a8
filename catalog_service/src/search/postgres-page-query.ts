import { productColumns } from '../db/product-rows.ts';
import { Prisma } from '../generated/prisma/client.ts';
import type { Position } from './cursor.ts';
import type { Marks } from './highlights.ts';
import { withMarks } from './postgres-highlights.ts';
import { sortKeys } from './postgres-sort-keys.ts';
import type { TextQuery } from './postgres-text-query.ts';
import { priceRangeStarts } from './price-ranges.ts';
import { mostCategories, mostTags, type ProductSearch, sortOf } from './search-index.ts';

export interface PageRequest {
  readonly search: ProductSearch;
  /** What the text of the search comes to; null when it finds nothing, undefined when there is none. */
  readonly text: TextQuery | null | undefined;
  readonly limit: number;
  readonly offset: number;
  readonly after: Position | undefined;
  /** To be put around the found words; undefined when nobody wants to see them. */
  readonly marks: Marks | undefined;
}

/**
 * One page (and one product more, if there is one), the total and all facets, in one statement and one row. The
 * facets come from a cube of counts, so that the products are gone through once, whatever is counted.
 */
export function pageQuery({ search, text, limit, offset, after, marks }: PageRequest): Prisma.Sql {
  const { category, tag, price, stock, stockInCube } = filters(search);
  const found = Prisma.sql`p.deleted_at IS NULL AND ${matches(text)}`;
  const keys = sortKeys(sortOf(search), score(text));
  const page = Prisma.sql`
    SELECT ${productColumns}, ${keys.value} AS "sortValue" FROM products p
    WHERE ${found} AND ${category} AND ${tag} AND ${price} AND ${stock}
      AND ${after === undefined ? anything : keys.beyond(after)}
    ORDER BY ${keys.order} LIMIT ${limit + 1}::int OFFSET ${offset}::int`;
  return Prisma.sql`
    WITH cube AS MATERIALIZED (
      SELECT category, tags, width_bucket(price, ${[...priceRangeStarts]}::int[]) - 1 AS range,
        stock > 0 AS "inStock", ${price} AS "priceFits", count(*)::int AS count
      FROM products p WHERE ${found}
      GROUP BY 1, 2, 3, 4, 5
    )
    SELECT
      (SELECT coalesce(jsonb_agg(page), '[]') FROM (${text && marks ? withMarks(page, text, marks) : page}) AS page)
        AS items,
      (SELECT coalesce(sum(count), 0)::int FROM cube
        WHERE ${category} AND ${tag} AND "priceFits" AND ${stockInCube}) AS total,
      ${facet(
        Prisma.sql`SELECT category AS value, sum(count)::int AS count FROM cube
          WHERE category IS NOT NULL AND ${tag} AND "priceFits" AND ${stockInCube} GROUP BY 1`,
        mostCategories,
      )} AS categories,
      ${facet(
        Prisma.sql`SELECT one_tag AS value, sum(count)::int AS count FROM cube, unnest(tags) AS one_tag
          WHERE ${category} AND "priceFits" AND ${stockInCube} GROUP BY 1`,
        mostTags,
      )} AS tags,
      (SELECT coalesce(jsonb_object_agg(range, sum), '{}') FROM (
        SELECT range, sum(count)::int FROM cube WHERE ${category} AND ${tag} AND ${stockInCube} GROUP BY 1
      ) AS counted) AS ranges,
      (SELECT coalesce(jsonb_object_agg("inStock", sum), '{}') FROM (
        SELECT "inStock", sum(count)::int FROM cube WHERE ${category} AND ${tag} AND "priceFits" GROUP BY 1
      ) AS counted) AS stock`;
}

const anything = Prisma.sql`true`;

/** The most frequent values, of a query for `value` and `count`. */
function facet(counts: Prisma.Sql, most: number): Prisma.Sql {
  return Prisma.sql`(SELECT coalesce(jsonb_agg(top), '[]') FROM (
    SELECT value, count FROM (${counts}) AS counted ORDER BY count DESC, value COLLATE "C" LIMIT ${most}::int
  ) AS top)`;
}

/** Each filter by itself, for each facet leaves out its own. Products and the cube have the same column names. */
function filters({ category, tag, minPrice, maxPrice, inStock }: ProductSearch) {
  return {
    category: category === undefined ? anything : Prisma.sql`category = ${category}`,
    tag: tag === undefined ? anything : Prisma.sql`tags @> ARRAY[${tag}]::text[]`,
    price: Prisma.sql`(${minPrice === undefined ? anything : Prisma.sql`price >= ${minPrice}::int`}
      AND ${maxPrice === undefined ? anything : Prisma.sql`price <= ${maxPrice}::int`})`,
    stock: inStock === undefined ? anything : inStock ? Prisma.sql`stock > 0` : Prisma.sql`stock = 0`,
    stockInCube: inStock === undefined ? anything : Prisma.sql`"inStock" = ${inStock}`,
  };
}

function matches(text: TextQuery | null | undefined): Prisma.Sql {
  if (text === undefined) return anything;
  if (text === null) return Prisma.sql`false`;
  const { all, allButOne } = text;
  if (allButOne === undefined) return Prisma.sql`p.search_document @@ ${all}::tsquery`;
  return Prisma.sql`p.search_document @@ (
    SELECT CASE WHEN EXISTS (
      SELECT FROM products p WHERE p.deleted_at IS NULL AND p.search_document @@ ${all}::tsquery
    ) THEN ${all} ELSE ${allButOne} END::tsquery)`;
}

/**
 * Relevance as a whole number, so that it can be compared for equality: where the words stand (the weights are those
 * of description, none, category and tags, name), those that are only alike for less, and of equals how much of the
 * name was asked for.
 */
function score(text: TextQuery | null | undefined): Prisma.Sql {
  if (!text) return Prisma.sql`0`;
  const rank = (query: string | undefined) =>
    query === undefined
      ? Prisma.sql`0`
      : Prisma.sql`ts_rank('{0, 0.1, 0.4, 1}', p.search_document, ${query}::tsquery)`;
  return Prisma.sql`(1000 * ${rank(text.exact)} + 600 * ${rank(text.soft)}
    + 100 * least(1, ${text.length}::float8 / greatest(1, length(p.name))))::int`;
}
