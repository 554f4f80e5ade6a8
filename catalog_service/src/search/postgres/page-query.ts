import { productColumns } from '../../db/product-rows.ts';
import { countedExactly, type ProductSearch, type ProductSort } from '../../domain/search-index.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import type { Position } from '../cursor.ts';
import { mostCategories, mostTags, priceRangeStarts } from '../facets.ts';
import { foldText } from '../folding.ts';
import { highlightedLength } from '../highlights.ts';
import type { PageRequest } from '../page.ts';
import { weights } from '../weights.ts';
import { wantedFor } from './text-query.ts';

const { sql, empty } = Prisma;

/** One page (and one product more, if there is one), the total, and the facets if asked for, in one row. */
export function pageQuery(request: PageRequest): Prisma.Sql {
  const { search, sort, words, limit, offset, after, highlight } = request;
  const { currency } = search;
  const onSale = sql`p.deleted_at IS NULL AND ${currency === undefined ? anything : sql`p.currency = ${currency}`}`;
  const found = sql`${onSale} AND ${wordsFound(request)}`;
  const { category, tag, price, stock } = filters(search);
  const matching = sql`FROM products p WHERE ${found} AND ${category} AND ${tag} AND ${price} AND ${stock}`;
  const score =
    words === undefined || sort !== 'relevance' ? sql`0` : scoreOf(search.text ?? '', request.key);
  const { isAfter, order, comesBefore } = orderOf(sort, after);
  const isCollapsed = search.collapse !== undefined;
  const part = sql`LIMIT ${limit + 1}::int OFFSET ${offset}::int`;
  const sorted = (condition: Prisma.Sql, fence: Prisma.Sql, end: Prisma.Sql) => sql`
    SELECT ${productColumns}, p.group_id, p.score
    FROM (SELECT p.*, ${score} AS score ${matching} AND ${condition} ${fence}) AS p
    WHERE ${isAfter ?? anything} ORDER BY ${order} ${end}`;
  // Groups are looked up in the order, and (by OFFSET 0) no sooner: only as many as the page needs.
  const page = (condition = anything, fence = empty) =>
    isCollapsed
      ? sql`
        SELECT * FROM (${sorted(condition, fence, sql`OFFSET 0`)}) AS p
        WHERE ${firstOfGroup(matching, comesBefore)} ${part}`
      : sorted(condition, fence, part);
  // Each score is worked out once, and rows are looked up when their places are known.
  const bestOfGroups = sql`
    SELECT ${productColumns}, p.group_id, best.score FROM (
      SELECT p.id, p.score FROM (
        SELECT p.*, ${placeInGroup} AS place FROM (SELECT p.id, p.group_id, ${score} AS score ${matching}) AS p
      ) AS p
      WHERE p.place = 1 AND ${isAfter ?? anything} ORDER BY ${order} ${part}
    ) AS best JOIN products p ON p.id = best.id ORDER BY best.score DESC, p.id`;
  // The index of an order leads to what many products match; for few (OFFSET 0 keeps PostgreSQL from it) it is too long.
  const isFew = sql`(SELECT total FROM counted) <= ${countedExactly}::int`;
  const eitherPage = sql`(${page(isFew, sql`OFFSET 0`)}) UNION ALL (${page(sql`NOT ${isFew}`)})`;
  const pageOf = () => {
    if (sort === 'relevance') return isCollapsed ? bestOfGroups : page();
    return words === undefined ? page() : eitherPage;
  };
  return sql`
    WITH ${words === undefined ? empty : sql`${wantedFor(words)},`}
    counted AS MATERIALIZED (
      SELECT count(*)::int AS total FROM (
        SELECT ${matching} AND ${isCollapsed ? firstOfGroup(matching, sql`other.id < p.id`) : anything}
        LIMIT ${countedExactly + 1}::int
      ) AS counted
    ),
    page AS (${pageOf()})
    SELECT
      (SELECT coalesce(json_agg(item), '[]') FROM (
        SELECT * ${highlight ? foundWords : empty} FROM page
      ) AS item) AS items,
      (SELECT total FROM counted) AS total,
      ${search.facets ? facets(search, found) : sql`NULL`} AS facets`;
}

const anything = sql`true`;

/**
 * Whether no product of the same group that matches comes before it. Looked up by the index of groups, product by product,
 * as long as a page or a total needs more of them.
 */
const firstOfGroup = (matching: Prisma.Sql, comesBefore: Prisma.Sql) => sql`(
  p.group_id IS NULL OR NOT EXISTS (
    SELECT FROM (SELECT p.* ${matching}) AS other WHERE other.group_id = p.group_id AND ${comesBefore}
  ))`;

const placeInGroup = sql`row_number() OVER (
  PARTITION BY p.group_id, CASE WHEN p.group_id IS NULL THEN p.id END ORDER BY p.score DESC, p.id)`;

/** What has no words (but signs) is found by the whole of it. */
function wordsFound({ words, key }: PageRequest): Prisma.Sql {
  if (words === undefined) return anything;
  return words.length === 0 ? sql`p.name_key = ${key}` : sql`p.search_document @@ (SELECT query FROM wanted)`;
}

/** Each filter by itself, for each facet leaves out its own. Products and the cube have the same column names. */
function filters({ category, tag, minPrice, maxPrice, inStock }: ProductSearch) {
  return {
    category: category === undefined ? anything : sql`category_key = ${foldText(category)}`,
    tag: tag === undefined ? anything : sql`tag_keys @> ARRAY[${foldText(tag)}]::text[]`,
    price: sql`(${minPrice === undefined ? anything : sql`price >= ${minPrice}::float8`}
      AND ${maxPrice === undefined ? anything : sql`price <= ${maxPrice}::float8`})`,
    stock: inStock === undefined ? anything : sql`(stock > 0) = ${inStock}::boolean`,
  };
}

/**
 * What products go by, and then by id in the same direction; what the last one of the page before had of it; and whether
 * an `other` product comes before.
 */
function orderOf(sort: ProductSort, after: Position | undefined) {
  const isDescending = sort.startsWith('-') || sort === 'newest';
  const by = sort.replace('-', '') as Exclude<ProductSort, `-${string}`>;
  const value = after?.value;
  const keysOf = (product: Prisma.Sql) => {
    const keys = {
      relevance: [{ key: sql`-${product}.score`, last: sql`-(${value}::float8)` }],
      price: [{ key: sql`${product}.price`, last: sql`${value}::float8` }],
      // Names that are alike go by their very characters.
      name: ['name_order', '"C"'].map((order) => ({
        key: sql`${product}.name COLLATE ${Prisma.raw(order)}`,
        last: sql`${value}::text`,
      })),
      newest: [],
    }[by];
    return [...keys, { key: sql`${product}.id`, last: sql`${after?.id}::int` }];
  };
  const all = keysOf(sql`p`);
  const list = (parts: readonly Prisma.Sql[]) => Prisma.join([...parts]);
  const keyList = (keys: typeof all) => list(keys.map(({ key }) => key));
  const direction = isDescending ? sql`DESC` : sql`ASC`;
  const sign = isDescending ? sql`>` : sql`<`;
  return {
    // A range of an index, where there is one.
    isAfter:
      after &&
      sql`(${keyList(all)}) ${isDescending ? sql`<` : sql`>`} (${list(all.map(({ last }) => last))})`,
    comesBefore: sql`(${keyList(keysOf(sql`other`))}) ${sign} (${keyList(all)})`,
    order: list(all.map(({ key }) => sql`${key} ${direction}`)),
  };
}

/**
 * Relevance as a whole number, so that it can be compared for equality: whether the name is the text (to a letter, or
 * folded) or begins with it
 * as whole words, then where the words stand, and of equals how much of the name was asked for. The categories D to A of
 * `search_document`: none, description, labels, name.
 */
function scoreOf(text: string, key: string): Prisma.Sql {
  const { name, labels, description } = weights;
  const ranks = [0, description, labels, name].map((weight) => weight / Math.max(name, labels, description));
  const next = sql`substr(p.name_key, ${[...key].length + 1}::int, 1)`;
  return sql`(
    CASE WHEN p.name = ${text} THEN 3000000
      WHEN p.name_key = ${key} THEN 2000000
      WHEN starts_with(p.name_key, ${key}) AND (is_unspaced(${next}) OR ${next} !~ '[[:alnum:]]' COLLATE pg_unicode_fast)
      THEN 1000000 ELSE 0 END
    + 1000 * coalesce(ts_rank(${ranks}::float4[], p.search_document, (SELECT in_names FROM wanted)), 0)
    + 100 * least(1, ${key.length}::float8 / greatest(1, length(p.name))))::int`;
}

/** The numbers of the words of each text that were found, from 0: each word is looked at as `search_document` has it. */
const foundWords = sql`,
  ARRAY(
    SELECT place::int - 1
    FROM unnest(words_of(fold_text(name))) WITH ORDINALITY AS each (word, place), ts_lexize('shop_stem', word) AS stem
    WHERE concat(stem[1], ':1A ', word, ':1A')::tsvector @@ (SELECT in_names FROM wanted) ORDER BY place
  ) AS "foundInName",
  ARRAY(
    SELECT place::int - 1
    FROM unnest(words_of(fold_text(left(description, ${highlightedLength}::int)))) WITH ORDINALITY AS each (word, place),
      ts_lexize('english_stem', word) AS stem
    WHERE cardinality(stem) = 1 AND concat(stem[1], ':1C')::tsvector @@ (SELECT in_descriptions FROM wanted) ORDER BY place
  ) AS "foundInDescription"`;

/** All facets, from a cube of counts, so that the products are gone through once, whatever is counted. */
function facets(search: ProductSearch, found: Prisma.Sql): Prisma.Sql {
  const { category, tag, price, stock } = filters(search);
  const starts = sql`${[...priceRangeStarts]}::float8[]`;
  const { facetCurrency } = search;
  const isCounted = facetCurrency === undefined ? anything : sql`currency = ${facetCurrency}`;
  return sql`(
    WITH cube AS MATERIALIZED (
      SELECT category_key, tag_keys, (${starts})[width_bucket(price, ${starts})] AS "from", stock > 0 AS "inStock",
        ${price} AS "ofPrice", ${stock} AS "ofStock", ${isCounted} AS "ofCurrency",
        ${search.collapse ? sql`group_id` : sql`NULL::text`} AS group_id, count(*)::int AS count, min(id) AS id
      FROM products p WHERE ${found} GROUP BY 1, 2, 3, 4, 5, 6, 7, 8
    ),
    counted AS (
      SELECT facet, key, min(id) AS id, sum(count)::int AS count,
        row_number() OVER (PARTITION BY facet ORDER BY sum(count) DESC, key COLLATE "C") AS place
      FROM (
        -- Each product that is in no group is one of its own.
        SELECT facet, key, min(id) AS id, CASE WHEN group_id IS NULL THEN sum(count) ELSE 1 END AS count
        FROM cube CROSS JOIN LATERAL (
          SELECT 'categories', category_key WHERE category_key IS NOT NULL AND ${tag} AND "ofPrice" AND "ofStock"
          UNION ALL SELECT DISTINCT 'tags', unnest(tag_keys) WHERE ${category} AND "ofPrice" AND "ofStock"
          UNION ALL SELECT 'priceRanges', "from"::text WHERE ${category} AND ${tag} AND "ofStock" AND "ofCurrency"
          UNION ALL SELECT 'inStock', "inStock"::text WHERE ${category} AND ${tag} AND "ofPrice"
        ) AS choices (facet, key)
        GROUP BY facet, key, group_id
      ) AS each
      GROUP BY facet, key
    ),
    -- Of several ways to write the same, that of the oldest product.
    shown AS (
      SELECT facet, count, place, CASE WHEN facet IN ('categories', 'tags') THEN (
          SELECT label
          FROM products p, unnest(CASE facet WHEN 'tags' THEN tags ELSE ARRAY[category] END) AS labels (label)
          WHERE p.id = counted.id AND fold_text(label) = key LIMIT 1
        ) ELSE key END AS value
      FROM counted
      WHERE place <= CASE facet WHEN 'tags' THEN ${mostTags}::int ELSE ${mostCategories}::int END
    )
    SELECT coalesce(jsonb_agg(shown ORDER BY place), '[]') FROM shown)`;
}
