import { withPostgresCodes } from '../db/errors.ts';
import type { PrismaClient } from '../db/prisma.ts';
import { type NearWord, readWords, type WordReading } from './postgres-vocabulary.ts';
import type { Suggestion } from './search-index.ts';
import { searchWords } from './search-words.ts';
import { closest } from './typos.ts';

/** Categories are few, and shall not leave products without a place. */
const mostCategories = 3;

export async function suggest(
  prisma: PrismaClient,
  text: string,
  limit: number,
): Promise<readonly Suggestion[]> {
  const words = searchWords(text);
  const readings = await readWords(prisma, words);
  const terms = words.flatMap((word) => begunTerm(readings.get(word)) ?? []);
  // A word that nothing begins with makes the whole text one that nothing begins with.
  if (terms.length === 0 || terms.length < words.length) return [];
  const query = terms.join(' & ');
  const found = await withPostgresCodes(
    () => prisma.$queryRaw<{ text: string; id: number | null }[]>`
      WITH RECURSIVE categories AS (
        -- Goes from one category to the next by the index, instead of through all products.
        (SELECT category FROM products WHERE deleted_at IS NULL AND category IS NOT NULL ORDER BY 1 LIMIT 1)
        UNION ALL
        SELECT (
          SELECT p.category FROM products p
          WHERE p.deleted_at IS NULL AND p.category > previous.category ORDER BY 1 LIMIT 1
        ) FROM categories AS previous WHERE previous.category IS NOT NULL
      ), typed AS MATERIALIZED (
        SELECT sort_text(${text.trim()}) AS beginning, sort_text(${text.trim()}) || chr(1114111) AS beyond
      ), found AS (
        (SELECT category AS text, NULL::int AS id FROM categories
        WHERE to_tsvector('shop_words', plain_text(category)) @@ ${query}::tsquery
        ORDER BY category LIMIT ${mostCategories}::int)
        UNION ALL
        -- First the names that begin so, which an index has in their order.
        (SELECT DISTINCT ON (p.sort_name) p.name, p.id FROM products p
        WHERE p.deleted_at IS NULL
          AND p.sort_name >= (SELECT beginning FROM typed) AND p.sort_name < (SELECT beyond FROM typed)
        ORDER BY p.sort_name, p.id LIMIT ${limit}::int)
        UNION ALL
        -- Then, if there is still a place, those with words that begin so; the shortest first.
        (SELECT min(p.name), min(p.id) FROM products p
        WHERE p.deleted_at IS NULL AND to_tsvector('shop_words', plain_text(p.name)) @@ ${query}::tsquery
          AND NOT (p.sort_name >= (SELECT beginning FROM typed) AND p.sort_name < (SELECT beyond FROM typed))
        GROUP BY p.sort_name ORDER BY length(p.sort_name), p.sort_name LIMIT ${limit}::int)
      )
      SELECT text, id FROM found LIMIT ${limit}::int`,
  );
  return found.map(({ text, id }) =>
    id === null ? { kind: 'category', text } : { kind: 'product', text, id },
  );
}

/** What begins with a typed word or, if nothing does, nearly so. */
function begunTerm(reading: WordReading | undefined): string | undefined {
  if (reading === undefined || reading.start === '') return undefined;
  const { exact, prominentlyBegun } = reading;
  const isStopWord = exact === '';
  const near = prominentlyBegun || isStopWord ? [] : closest(reading.word, reading.near, 'beginning');
  return near.length > 0 ? `(${near.map(asWord).join(' | ')})` : reading.start;
}

const asWord = ({ word }: NearWord) => `'${word.replaceAll(/['\\]/g, '$&$&')}'`;
