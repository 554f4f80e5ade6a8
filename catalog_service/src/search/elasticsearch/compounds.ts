import type { Query } from './client.ts';
import { either, sameWord, scored } from './field-queries.ts';
import { type Asking, ask, finds } from './look-up.ts';

/** Shorter parts are too often words by accident, and longer words are no compounds. */
const shortestPart = 3;
const longestWord = 20;

/** Which words are two of a product, one after the other: "desklamp" is "desk lamp". */
export async function splitWords(
  asking: Asking,
  words: readonly string[],
): Promise<ReadonlyMap<string, readonly string[]>> {
  const ways = words.flatMap((word) => splitsOf(word).map((split) => ({ word, split })));
  const found = await ask(
    asking,
    ways.map(({ split }) => finds(scored(sameWord(split)))),
  );
  const known = ways.filter((_, index) => found[index]);
  return new Map(
    words.map((word) => [word, known.filter((way) => way.word === word).map(({ split }) => split)]),
  );
}

function splitsOf(word: string): string[] {
  const letters = [...word];
  if (letters.length > longestWord) return [];
  const places = letters.map((_, index) => index).slice(shortestPart, 1 - shortestPart);
  return places.map((place) => `${letters.slice(0, place).join('')} ${letters.slice(place).join('')}`);
}

/** Which pairs of words are one of a product: "back pack" is "backpack". */
export async function joinWords(asking: Asking, words: readonly string[]): Promise<ReadonlySet<string>> {
  const pairs = words.slice(1).map((word, index) => `${words[index]}${word}`);
  const found = await ask(
    asking,
    pairs.map((pair) => finds(scored(sameWord(pair)))),
  );
  return new Set(pairs.filter((_, index) => found[index]));
}

/** A typed word, and what finds it, if anything does. */
export interface WordTerm {
  readonly word: string;
  readonly query: Query | undefined;
}

/** What finds each word; a pair that is also one word is found as it, or as both. */
export function termsOf(words: readonly WordTerm[], joined: ReadonlySet<string>, share: number): Query[] {
  const [one, other, ...more] = words;
  if (one === undefined) return [];
  const pair = `${one.word}${other?.word}`;
  if (other === undefined || !joined.has(pair))
    return [...(one.query ? [one.query] : []), ...termsOf(words.slice(1), joined, share)];
  const asOne = scored(sameWord(pair), { share });
  const both = one.query && other.query && { bool: { must: [one.query, other.query] } };
  return [both ? either([asOne, both]) : asOne, ...termsOf(more, joined, share)];
}
