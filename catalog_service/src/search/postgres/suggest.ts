import type pg from 'pg';
import { mostSuggestedCategories, type Suggestion } from '../../domain/search-index.ts';
import { Prisma } from '../../generated/prisma/client.ts';
import { foldText } from '../folding.ts';
import { allWords } from '../search-words.ts';
import { anyOnSale, misspelt, typed } from './text-query.ts';

const vocabulary = Prisma.sql`
  SELECT word, quote_literal(stem) AS stem, quote_literal(word) || ':*A' AS query FROM search_words
  WHERE prominent`;

/** The categories as if they were names. */
const categoryWords = Prisma.sql`setweight(label_vector(key), 'A')`;

/** With words that begin as typed or, if nothing does, nearly so. */
export async function suggest(pool: pg.Pool, text: string, limit: number): Promise<readonly Suggestion[]> {
  const words = allWords(text);
  const key = foldText(text);
  const beginsSo = Prisma.sql`p.name_key >= ${key} AND p.name_key < ${key} || chr(1114111)`;
  const statement = Prisma.sql`
      WITH RECURSIVE ${typed(words)},
      categories (key, text) AS MATERIALIZED (
        -- Goes from one category to the next by the index, instead of through all products.
        (SELECT category_key, category FROM products
        WHERE deleted_at IS NULL AND category IS NOT NULL ORDER BY category_key, id LIMIT 1)
        UNION ALL
        SELECT next.* FROM categories AS previous CROSS JOIN LATERAL (
          SELECT p.category_key, p.category FROM products p
          WHERE p.deleted_at IS NULL AND p.category_key > previous.key ORDER BY p.category_key, p.id LIMIT 1
        ) AS next
      ),
      terms AS MATERIALIZED (
        SELECT CASE WHEN ${anyOnSale(Prisma.sql`p.search_document @@ begun`)} OR EXISTS (
            SELECT FROM categories WHERE ${categoryWords} @@ begun
          ) THEN begun::text ELSE (${misspelt(vocabulary)}) END AS query
        FROM (SELECT *, (beginning || 'A')::tsquery AS begun FROM typed) AS typed
      ),
      wanted AS MATERIALIZED (
        -- A word that nothing begins with makes the whole text one that nothing begins with.
        SELECT CASE WHEN bool_and(query IS NOT NULL)
          THEN string_agg('(' || query || ')', ' & ')::tsquery END AS query
        FROM terms
      ),
      -- Materialized, for otherwise PostgreSQL would go through all names in their order for a rare word.
      named AS MATERIALIZED (
        SELECT p.name, p.id, p.name_key FROM products p
        WHERE p.deleted_at IS NULL AND p.search_document @@ (SELECT query FROM wanted)
      ),
      found AS (
        (SELECT text, NULL::int AS id FROM categories
        WHERE ${categoryWords} @@ (SELECT query FROM wanted)
        ORDER BY key LIMIT ${mostSuggestedCategories}::int)
        UNION ALL
        -- First the names that begin so, which an index has in their order.
        (SELECT DISTINCT ON (p.name_key) p.name, p.id FROM products p
        WHERE p.deleted_at IS NULL AND EXISTS (SELECT FROM typed)
          AND ${beginsSo}
        ORDER BY p.name_key, p.id LIMIT ${limit}::int)
        UNION ALL
        -- Then, if there is still a place, those with words that begin so.
        (SELECT DISTINCT ON (p.name_key) p.name, p.id FROM named p
        WHERE NOT (${beginsSo})
        ORDER BY p.name_key, p.id LIMIT ${limit}::int)
      )
      SELECT text, id FROM found LIMIT ${limit}::int`;
  const { rows } = await pool.query<{ text: string; id: number | null }>(statement.text, statement.values);
  return rows.map(({ text, id }) =>
    id === null ? { kind: 'category', text } : { kind: 'product', text, id },
  );
}
