import { closest, type Edits } from '../typos.ts';
import type { Query } from './client.ts';
import { joinWords, splitWords, termsOf } from './compounds.ts';
import { allFields, begunWord, either, sameMeaning, sameWord, scored } from './field-queries.ts';
import type { Asking } from './look-up.ts';
import { stopWords } from './stop-words.ts';
import { type Guess, guessWords, type NearWord, readWords, type WordReading } from './word-readings.ts';

/** A text as Elasticsearch takes it. */
export interface TextQuery {
  /** Products with all words. */
  readonly all: Query;
  /** Products with all words but any one, for when none has all; undefined for a single word. */
  readonly allButOne?: Query;
  /** Any word, to be shown in the texts where it was found. */
  readonly shown: Query;
}

/** Undefined when no word is found anywhere. Words that are not are left out. */
export async function textQuery(asking: Asking, words: readonly string[]): Promise<TextQuery | undefined> {
  const telling = words.filter((word) => !stopWords.has(word));
  const used = telling.length > 0 ? telling : words;
  const [readings, joined] = await Promise.all([readWords(asking, used), joinWords(asking, used)]);
  const unknown = readings.flatMap(({ word, known, meant }) => (known || meant ? [] : [word]));
  const [guesses, splits] = await Promise.all([guessWords(asking, unknown), splitWords(asking, unknown)]);
  const alone = used.length === 1;
  const found = readings.map((reading) => {
    const { word } = reading;
    return { word, query: termOf(reading, guesses.get(word), splits.get(word) ?? [], alone) };
  });
  const terms = termsOf(found, joined, alike.share);
  if (terms.length === 0) return undefined;
  const bonus = bonuses(words);
  return {
    all: { bool: { must: terms, should: bonus } },
    shown: { bool: { should: terms } },
    ...(terms.length > 1 && {
      allButOne: {
        bool: {
          must: [{ bool: { should: terms, minimum_should_match: terms.length - 1 } }],
          should: bonus,
        },
      },
    }),
  };
}

/** What is only like a word counts less than the word. */
const alike = { share: 0.6 };

/** Products with a typed word, or with what it stands for. */
function termOf(
  { word, known, meant }: WordReading,
  guess: Guess | undefined,
  splits: readonly string[],
  alone: boolean,
) {
  const exact = scored(sameWord(word));
  // "c" may be of "USB-C", but by itself it is rather the first letter of what will be typed.
  if (known && alone && isShort(word)) return either([exact, begun(word)]);
  if (known) return either([exact, scored(sameMeaning(word), alike)]);
  if (meant) return scored(sameMeaning(word), alike);
  if (guess === undefined) return undefined;
  if (guess.begun) return begun(word);
  return (
    anyOf(splits.map((split) => sameWord(split))) ??
    anyOf(nearest(word, guess, 'whole').map((near) => sameWord(near))) ??
    anyOf(guess.misspelt.map((synonym) => sameMeaning(synonym))) ??
    anyOf(nearest(word, guess, 'beginning').map((near) => sameWord(near)))
  );
}

/** One or two letters begin a word of nearly every description: only names count. */
const begun = (word: string) =>
  scored(begunWord(word), { ...alike, fields: isShort(word) ? ['name'] : allFields });

const isShort = (word: string) => word.length < 3;

function anyOf(ways: readonly ReturnType<typeof sameWord>[]): Query | undefined {
  return ways.length === 0 ? undefined : either(ways.map((way) => scored(way, alike)));
}

/** The words with the fewest edits, of these the prominent ones if there are any. */
function nearest(word: string, { near }: Guess, measure: keyof Edits): string[] {
  const found = closest(word, near, measure);
  const prominent = found.filter((each) => each.prominent);
  return distinct(prominent.length > 0 ? prominent : found);
}

const distinct = (words: readonly NearWord[]) => [...new Set(words.map(({ word }) => word))];

/** Tells equals apart: how much of the name was asked for, and whether its words stand as they were typed. */
function bonuses(words: readonly string[]): Query[] {
  const typed = words.join(' ');
  const shares = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10].map((tenths) => ({
    constant_score: {
      filter: { range: { nameLength: { lte: Math.floor((typed.length * 10) / tenths) } } },
      boost: 15,
    },
  }));
  if (words.length === 1) return shares;
  const inARow = { match_phrase: { name: { query: typed, slop: 1 } } };
  return [...shares, { constant_score: { filter: inARow, boost: 200 } }];
}
