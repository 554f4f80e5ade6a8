import { productColumns } from '../../db/product-rows.ts';
import { countedExactly, type ProductSearch, type ProductSort } from '../../domain/search-index.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Position } from '../cursor.ts';
import { mostCategories, mostTags, priceRangeStarts } from '../facets.ts';
import { excerptLength, highlightedLength, type Marks } from '../highlights.ts';
import type { PageRequest } from '../page.ts';
import { weights } from '../weights.ts';
import { wantedFor } from './text-query.ts';

const { sql, empty } = Prisma;

/** One page (and one product more, if there is one), the total, and the facets if asked for, in one row. */
export function pageQuery({ search, sort, words, limit, offset, after, marks }: PageRequest): Prisma.Sql {
  const { currency } = search;
  const onSale = sql`p.deleted_at IS NULL AND ${currency === undefined ? anything : sql`p.currency = ${currency}`}`;
  const found =
    words === undefined ? onSale : sql`${onSale} AND p.search_document @@ (SELECT query FROM wanted)`;
  const { category, tag, price, stock } = filters(search);
  const matching = sql`FROM products p WHERE ${found} AND ${category} AND ${tag} AND ${price} AND ${stock}`;
  const score = words === undefined || sort !== 'relevance' ? sql`0` : scoreOf(words);
  const { isAfter, order } = orderOf(sort, after);
  const page = (condition = anything, fence = empty) => sql`
    SELECT ${productColumns}, p.score FROM (SELECT p.*, ${score} AS score ${matching} AND ${condition} ${fence}) AS p
    WHERE ${isAfter ?? anything} ORDER BY ${order} LIMIT ${limit + 1}::int OFFSET ${offset}::int`;
  // The index of an order leads to what many products match; for few (OFFSET 0 keeps PostgreSQL from it) it is too long.
  const isFew = sql`(SELECT total FROM counted) <= ${countedExactly}::int`;
  const eitherPage = sql`(${page(isFew, sql`OFFSET 0`)}) UNION ALL (${page(sql`NOT ${isFew}`)})`;
  return sql`
    WITH ${words === undefined ? empty : sql`${wantedFor(words)},`}
    counted AS MATERIALIZED (
      SELECT count(*)::int AS total FROM (SELECT ${matching} LIMIT ${countedExactly + 1}::int) AS counted
    ),
    page AS (${words === undefined || sort === 'relevance' ? page() : eitherPage})
    SELECT
      (SELECT coalesce(json_agg(item), '[]') FROM (
        SELECT * ${marks === undefined ? empty : markedColumns(marks)} FROM page
      ) AS item) AS items,
      (SELECT total FROM counted) AS total,
      ${search.facets ? facets(search, found) : sql`NULL`} AS facets`;
}

const anything = sql`true`;

/** Each filter by itself, for each facet leaves out its own. Products and the cube have the same column names. */
function filters({ category, tag, minPrice, maxPrice, inStock }: ProductSearch) {
  return {
    category: category === undefined ? anything : sql`category = ${category}`,
    tag: tag === undefined ? anything : sql`tags @> ARRAY[${tag}]::text[]`,
    price: sql`(${minPrice === undefined ? anything : sql`price >= ${minPrice}::float8`}
      AND ${maxPrice === undefined ? anything : sql`price <= ${maxPrice}::float8`})`,
    stock: inStock === undefined ? anything : sql`(stock > 0) = ${inStock}::boolean`,
  };
}

/** What products go by, and then by id in the same direction; and what the last one of the page before had of it. */
function orderOf(sort: ProductSort, after: Position | undefined) {
  const isDescending = sort.startsWith('-') || sort === 'newest';
  const by = sort.replace('-', '') as Exclude<ProductSort, `-${string}`>;
  const { key, last } = {
    relevance: { key: sql`-p.score`, last: sql`-(${after?.value}::float8)` },
    price: { key: sql`p.price`, last: sql`${after?.value}::float8` },
    name: { key: sql`p.sort_name`, last: sql`sort_text(${after?.value})` },
    newest: { key: sql`p.id`, last: sql`${after?.id}::int` },
  }[by];
  const direction = isDescending ? sql`DESC` : sql`ASC`;
  return {
    // A range of an index, where there is one.
    isAfter: after && sql`(${key}, p.id) ${isDescending ? sql`<` : sql`>`} (${last}, ${after.id}::int)`,
    order: sql`${key} ${direction}, p.id ${direction}`,
  };
}

/**
 * Relevance as a whole number, so that it can be compared for equality: where the words stand, and of equals how much
 * of the name was asked for. The categories D to A of `search_document`: none, description, labels, name.
 */
function scoreOf(words: readonly string[]): Prisma.Sql {
  const { name, labels, description } = weights;
  const ranks = [0, description, labels, name].map((weight) => weight / Math.max(name, labels, description));
  return sql`(1000 * ts_rank(${ranks}::float4[], p.search_document, (SELECT in_names FROM wanted))
    + 100 * least(1, ${words.join(' ').length}::float8 / greatest(1, length(p.name))))::int`;
}

/** The texts of a page with marks around the found words. */
function markedColumns({ open, close }: Marks): Prisma.Sql {
  const excerptWords = Math.round(excerptLength / 6);
  const selectors = `StartSel=${open}, StopSel=${close}`;
  const excerpt = `${selectors}, MaxWords=${excerptWords}, MinWords=${excerptWords - 10}, ShortWord=0`;
  return sql`,
    ts_headline('shop_english', plain_text(left(name, ${highlightedLength}::int)),
      (SELECT in_names FROM wanted), ${`${selectors}, HighlightAll=true`}) AS "markedName",
    ts_headline('shop_english', plain_text(left(description, ${highlightedLength}::int)),
      (SELECT in_descriptions FROM wanted), ${excerpt}) AS "markedDescription"`;
}

/** All facets, from a cube of counts, so that the products are gone through once, whatever is counted. */
function facets(search: ProductSearch, found: Prisma.Sql): Prisma.Sql {
  const { category, tag, price, stock } = filters(search);
  const starts = sql`${[...priceRangeStarts]}::float8[]`;
  const { facetCurrency } = search;
  const isCounted = facetCurrency === undefined ? anything : sql`currency = ${facetCurrency}`;
  return sql`(
    WITH cube AS MATERIALIZED (
      SELECT category, tags, (${starts})[width_bucket(price, ${starts})] AS "from", stock > 0 AS "inStock",
        ${price} AS "ofPrice", ${stock} AS "ofStock", ${isCounted} AS "ofCurrency", count(*)::int AS count
      FROM products p WHERE ${found} GROUP BY 1, 2, 3, 4, 5, 6, 7
    ),
    counted AS (
      SELECT facet, value, sum(count)::int AS count,
        row_number() OVER (PARTITION BY facet ORDER BY sum(count) DESC, value COLLATE "C") AS place
      FROM cube CROSS JOIN LATERAL (
        SELECT 'categories', category WHERE category IS NOT NULL AND ${tag} AND "ofPrice" AND "ofStock"
        UNION ALL SELECT 'tags', unnest(tags) WHERE ${category} AND "ofPrice" AND "ofStock"
        UNION ALL SELECT 'priceRanges', "from"::text WHERE ${category} AND ${tag} AND "ofStock" AND "ofCurrency"
        UNION ALL SELECT 'inStock', "inStock"::text WHERE ${category} AND ${tag} AND "ofPrice"
      ) AS choices (facet, value)
      GROUP BY facet, value
    )
    SELECT coalesce(jsonb_agg(counted ORDER BY place), '[]') FROM counted
    WHERE place <= CASE facet WHEN 'tags' THEN ${mostTags}::int ELSE ${mostCategories}::int END)`;
}
