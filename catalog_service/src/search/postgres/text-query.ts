import { Prisma } from '../../generated/prisma/client.ts';
import { synonymsOf, synonymWords } from '../synonyms.ts';

/**
 * The common table expressions that make typed words a query, as `wanted (query, in_names, in_descriptions)`: of each
 * word what it means (with any ending, or another word for the same), else what begins so, else what it may be
 * misspelt for; a word that is none of that is left out. When no product has all words, `query` is for all but one of
 * them. The other two, for highlights and relevance, find any part of them. Null when nothing is found.
 */
export function wantedFor(words: readonly string[]): Prisma.Sql {
  const meanings = JSON.stringify(words.map((word) => [word, ...synonymsOf(word)]));
  const synonyms = JSON.stringify(
    [...synonymWords].map((word) => ({ word, meanings: [word, ...synonymsOf(word)] })),
  );
  return Prisma.sql`
    ${typed(words)},
    synonyms AS MATERIALIZED (
      SELECT word, ${anyOf(Prisma.sql`meanings`)} AS query
      FROM jsonb_to_recordset(${synonyms}::jsonb) AS given (word text, meanings jsonb)
    ),
    terms AS MATERIALIZED (
      SELECT place, '(' || query || ')' AS query
      FROM (
        SELECT place, coalesce(
          (SELECT meaning WHERE ${finds(Prisma.sql`meaning`)}),
          (${begun}),
          (${misspelt(Prisma.sql`
            SELECT word, quote_literal(stem) AS stem, quote_literal(stem) AS query FROM search_words
            WHERE prominent
            UNION ALL SELECT word, query, query FROM synonyms`)})
        ) AS query
        FROM (
          SELECT *, ${anyOf(Prisma.sql`${meanings}::jsonb -> (place::int - 1)`)} AS meaning FROM typed
        ) AS typed
        -- Or else all this is planned, and done, twice.
        OFFSET 0
      ) AS found
      WHERE query IS NOT NULL
    ),
    wanted AS MATERIALIZED (
      SELECT (CASE WHEN ${finds(Prisma.sql`every.word`)} THEN every.word ELSE coalesce((
          SELECT string_agg(combination, ' | ') FROM (
            SELECT '(' || string_agg(other.query, ' & ') || ')' AS combination
            FROM terms AS missing JOIN terms AS other ON other.place <> missing.place GROUP BY missing.place
          ) AS combinations
        ), every.word) END)::tsquery AS query, in_names, in_descriptions
      FROM (
        SELECT string_agg(query, ' & ') AS word, string_agg(parts, ' | ')::tsquery AS in_names,
          string_agg(parts, ' | ') FILTER (WHERE query NOT LIKE '%:*A)')::tsquery AS in_descriptions
        FROM (SELECT query, replace(query, '<->', '|') AS parts FROM terms) AS terms
      ) AS every
    )`;
}

/** The typed words, each with what to look it up by. */
export function typed(words: readonly string[]): Prisma.Sql {
  return Prisma.sql`
    typed AS MATERIALIZED (
      SELECT place, word, replace(word, ' ', ' <-> ') || ':*' AS beginning,
        -- With each two neighbouring letters swapped.
        ARRAY(
          SELECT left(word, n - 1) || substr(word, n + 1, 1) || substr(word, n, 1) || substr(word, n + 2)
          FROM generate_series(1, length(word) - 1) AS n
        ) AS swapped
      FROM unnest(${[...words]}::text[]) WITH ORDINALITY AS given (word, place)
    )`;
}

/** A query (a text) for any of a list of words. */
const anyOf = (words: Prisma.Sql) => Prisma.sql`(
  SELECT string_agg(phrase_of(word), ' | ' ORDER BY place)
  FROM jsonb_array_elements_text(${words}) WITH ORDINALITY AS meant (word, place))`;

/** Whether a product on sale is found by a query (a text). What is in `search_words` may not be sold any more. */
const finds = (query: Prisma.Sql) => anyOnSale(Prisma.sql`p.search_document @@ (${query})::tsquery`);

/**
 * Whether there is a product on sale of that condition, for which there is a GIN index. Materialized (which stops at
 * the first row all the same), for otherwise PostgreSQL expects one soon, and goes through all products for a rare one.
 */
export const anyOnSale = (condition: Prisma.Sql) => Prisma.sql`EXISTS (
  WITH matching AS MATERIALIZED (SELECT FROM products p WHERE p.deleted_at IS NULL AND ${condition})
  SELECT FROM matching)`;

/**
 * The words that begin so, of one or two letters only in names. Also those of descriptions with stems that do not:
 * "chargi" of "charging" is not in "charg".
 */
const begun = Prisma.sql`
  SELECT string_agg(query, ' | ') FROM (
    SELECT typed.beginning || CASE WHEN length(typed.word) < 3 THEN 'A' ELSE '' END
    UNION ALL (
      SELECT DISTINCT quote_literal(stem) FROM search_words
      WHERE length(typed.word) >= 3 AND word > typed.word AND word < typed.word || chr(1114111)
        AND NOT starts_with(stem, typed.word)
      LIMIT 10
    )
  ) AS queries (query)
  WHERE ${finds(Prisma.sql`query`)}`;

/**
 * The most similar words, all of several that are equally so, as a query; null when there are none. Only what begins
 * with the right letter is compared as unfinished.
 * @param vocabulary a query for `word`, `stem` (a query that tells whether it is sold) and the `query` that finds it
 */
export const misspelt = (vocabulary: Prisma.Sql) => Prisma.sql`
  SELECT string_agg(query, ' | ') FROM (
    SELECT query FROM (
      SELECT stem, query, CASE
        WHEN word = ANY (typed.swapped) THEN 3
        WHEN similarity(word, typed.word) >= 0.4 THEN 2 + similarity(word, typed.word)
        WHEN left(word, length(typed.word)) = ANY (typed.swapped) THEN 1
        WHEN left(word, 1) = left(typed.word, 1)
          THEN similarity(left(word, length(typed.word) + 1), typed.word)
      END AS alike
      FROM (${vocabulary}) AS vocabulary
      WHERE length(typed.word) > 3 AND word <> typed.word AND (
        word = ANY (typed.swapped) OR word % typed.word
        OR word >= left(typed.word, 1) AND word < left(typed.word, 1) || chr(1114111))
    ) AS measured
    WHERE alike >= 0.35 AND ${finds(Prisma.sql`stem`)}
    ORDER BY alike DESC FETCH FIRST 1 ROW WITH TIES
  ) AS nearest`;
