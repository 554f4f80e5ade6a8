import { withPostgresCodes } from '../db/errors.ts';
import type { PrismaClient } from '../db/prisma.ts';
import { Prisma } from '../generated/prisma/client.ts';

/** A word of a name, a category or a tag, which may be what somebody meant. */
export interface NearWord {
  readonly word: string;
  /** What `search_document` has for it. */
  readonly stem: string;
}

/** What the catalog knows of a typed word. Queries are in the notation of `tsquery`. */
export interface WordReading {
  readonly word: string;
  /** Finds the word with any ending; empty for a stop word. */
  readonly exact: string;
  /** Finds words that begin so. */
  readonly start: string;
  /** Whether a product on sale has the word. */
  readonly known: boolean;
  /** Whether longer words begin so: any at all, and those of names, categories and tags. */
  readonly begun: boolean;
  readonly prominentlyBegun: boolean;
  /** The stems of words that begin so but whose stems do not: "chargi" of "charging" is not in "charg". */
  readonly shorterStems: readonly string[];
  /**
   * Words that look or begin somewhat alike, of a word of four letters and more that is not known. Not words of
   * descriptions: there are so many that one of them is always near.
   */
  readonly near: readonly NearWord[];
}

/** Looks all words up, in one query. */
export async function readWords(
  prisma: PrismaClient,
  words: readonly string[],
): Promise<ReadonlyMap<string, WordReading>> {
  const readings = await withPostgresCodes(
    () => prisma.$queryRaw<WordReading[]>`
      SELECT typed.word, typed.exact::text, typed.start::text, found.known, found.begun,
        found."prominentlyBegun", ARRAY(
          SELECT DISTINCT s.stem FROM search_words s
          WHERE NOT found.known AND s.word > typed.word AND s.word < typed.beyond
            AND NOT starts_with(s.stem, typed.word)
          LIMIT 10
        ) AS "shorterStems",
        CASE WHEN found.known OR found."prominentlyBegun" OR length(typed.word) < 4 THEN '[]' ELSE (
          SELECT coalesce(jsonb_agg(alike), '[]') FROM (
            SELECT s.word, s.stem FROM search_words s
            WHERE s.prominent AND s.word <> typed.word AND length(s.word) >= length(typed.word) - 2 AND (
              -- Few misspell the first letter, or more than swap it with the second; some of them look alike still.
              s.word >= left(typed.word, 1) AND s.word < left(typed.word, 1) || chr(1114111)
              OR s.word >= substr(typed.word, 2, 1) AND s.word < substr(typed.word, 2, 1) || chr(1114111)
              OR s.word % typed.word)
            ORDER BY word_similarity(typed.word, s.word) DESC, abs(length(s.word) - length(typed.word)), s.word
            LIMIT 100
          ) AS alike
          WHERE ${isSold(Prisma.sql`alike.stem`)}
        ) END AS near
      FROM (
        SELECT word, to_tsquery('shop_english', word) AS exact, to_tsquery('shop_words', word || ':*') AS start,
          -- The first text after all that begin so.
          word || chr(1114111) AS beyond
        FROM unnest(${[...words]}::text[]) AS given (word)
      ) AS typed
      CROSS JOIN LATERAL (
        SELECT
          EXISTS (SELECT FROM products p WHERE p.deleted_at IS NULL AND p.search_document @@ typed.exact) AS known,
          EXISTS (
            SELECT FROM search_words s
            WHERE s.word > typed.word AND s.word < typed.beyond AND ${isSold(Prisma.sql`s.stem`)}
          ) AS begun,
          EXISTS (
            SELECT FROM search_words s
            WHERE s.word > typed.word AND s.word < typed.beyond AND s.prominent AND ${isSold(Prisma.sql`s.stem`)}
          ) AS "prominentlyBegun"
      ) AS found`,
  );
  return new Map(readings.map((reading) => [reading.word, reading]));
}

/** The vocabulary only grows: whether a product has the word still, only the products know. */
const isSold = (stem: Prisma.Sql) => Prisma.sql`EXISTS (
  SELECT FROM products p WHERE p.deleted_at IS NULL AND p.search_document @@ quote_literal(${stem})::tsquery)`;
