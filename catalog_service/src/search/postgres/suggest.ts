import type pg from 'pg';
import { mostSuggestedCategories, type Suggestion } from '../../domain/search-index.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { allWords } from '../search-words.ts';
import { anyOnSale, misspelt, typed } from './text-query.ts';

const nameWords = Prisma.sql`to_tsvector('shop_words', plain_text(p.name))`;

const vocabulary = Prisma.sql`
  SELECT word, quote_literal(stem) AS stem, quote_literal(word) || ':*' AS query FROM search_words
  WHERE prominent`;

/** With words that begin as typed or, if nothing does, nearly so. */
export async function suggest(pool: pg.Pool, text: string, limit: number): Promise<readonly Suggestion[]> {
  const words = allWords(text);
  const first = Prisma.sql`sort_text(${text.trim()})`;
  const beginsSo = Prisma.sql`p.sort_name >= ${first} AND p.sort_name < ${first} || chr(1114111)`;
  const statement = Prisma.sql`
      WITH RECURSIVE ${typed(words)},
      categories AS MATERIALIZED (
        -- Goes from one category to the next by the index, instead of through all products.
        (SELECT category FROM products WHERE deleted_at IS NULL AND category IS NOT NULL ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (
          SELECT p.category FROM products p
          WHERE p.deleted_at IS NULL AND p.category > previous.category ORDER BY 1 LIMIT 1
        ) FROM categories AS previous WHERE previous.category IS NOT NULL
      ),
      terms AS MATERIALIZED (
        SELECT CASE WHEN ${anyOnSale(Prisma.sql`${nameWords} @@ begun`)} OR EXISTS (
            SELECT FROM categories WHERE to_tsvector('shop_words', plain_text(category)) @@ begun
          ) THEN begun::text ELSE (${misspelt(vocabulary)}) END AS query
        FROM (SELECT *, to_tsquery('shop_words', word || ':*') AS begun FROM typed) AS typed
      ),
      wanted AS MATERIALIZED (
        -- A word that nothing begins with makes the whole text one that nothing begins with.
        SELECT CASE WHEN bool_and(query IS NOT NULL)
          THEN string_agg('(' || query || ')', ' & ')::tsquery END AS query
        FROM terms
      ),
      -- Materialized, for otherwise PostgreSQL would go through all names in their order for a rare word.
      named AS MATERIALIZED (
        SELECT p.name, p.id, p.sort_name FROM products p
        WHERE p.deleted_at IS NULL AND ${nameWords} @@ (SELECT query FROM wanted)
      ),
      found AS (
        (SELECT category AS text, NULL::int AS id FROM categories
        WHERE to_tsvector('shop_words', plain_text(category)) @@ (SELECT query FROM wanted)
        ORDER BY category LIMIT ${mostSuggestedCategories}::int)
        UNION ALL
        -- First the names that begin so, which an index has in their order.
        (SELECT DISTINCT ON (p.sort_name) p.name, p.id FROM products p
        WHERE p.deleted_at IS NULL AND EXISTS (SELECT FROM typed)
          AND ${beginsSo}
        ORDER BY p.sort_name, p.id LIMIT ${limit}::int)
        UNION ALL
        -- Then, if there is still a place, those with words that begin so.
        (SELECT DISTINCT ON (p.sort_name) p.name, p.id FROM named p
        WHERE NOT (${beginsSo})
        ORDER BY p.sort_name, p.id LIMIT ${limit}::int)
      )
      SELECT text, id FROM found LIMIT ${limit}::int`;
  const { rows } = await pool.query<{ text: string; id: number | null }>(statement.text, statement.values);
  return rows.map(({ text, id }) =>
    id === null ? { kind: 'category', text } : { kind: 'product', text, id },
  );
}
