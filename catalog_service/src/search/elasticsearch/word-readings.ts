import { foldText } from '../search-words.ts';
import { synonymsOf, synonymWords } from '../synonyms.ts';
import { closest, editsAllowed } from '../typos.ts';
import type { Query } from './client.ts';
import type { ProductDocument } from './document.ts';
import {
  allFields,
  begunWord,
  nearlyBegunWord,
  nearWord,
  prominentFields,
  sameMeaning,
  sameWord,
  scored,
} from './field-queries.ts';
import { type Asking, ask, finds, type LookUp } from './look-up.ts';

/** A word of products on sale that looks or begins like what somebody typed. */
export interface NearWord {
  readonly word: string;
  /** Of a name, a category or a tag, not only of a description. */
  readonly prominent: boolean;
}

/** What the catalog knows of a typed word. */
export interface WordReading {
  readonly word: string;
  /** Whether a product has the word, with any ending. */
  readonly known: boolean;
  /** Whether a product has the word or another for the same. */
  readonly meant: boolean;
}

/** What a word may be that no product has, nor another for the same. */
export interface Guess {
  /** Whether words begin so: any at all, and prominent ones. */
  readonly begun: boolean;
  readonly prominentlyBegun: boolean;
  readonly near: readonly NearWord[];
  /** Words with synonyms that it may be a misspelling of: "trianers" are sneakers. */
  readonly misspelt: readonly string[];
}

export async function readWords(asking: Asking, words: readonly string[]): Promise<WordReading[]> {
  const found = await ask(
    asking,
    words.flatMap((word) => [finds(scored(sameWord(word))), finds(scored(sameMeaning(word)))]),
  );
  return words.map((word, index) => ({
    word,
    known: found[2 * index] === true,
    meant: found[2 * index + 1] === true,
  }));
}

/** For words that {@link readWords} did not know. */
export async function guessWords(
  asking: Asking,
  words: readonly string[],
): Promise<ReadonlyMap<string, Guess>> {
  return new Map(await Promise.all(words.map(async (word) => [word, await guess(asking, word)] as const)));
}

async function guess(asking: Asking, word: string): Promise<Guess> {
  const begun = (fields: typeof allFields | typeof prominentFields) =>
    finds(scored(begunWord(word), { fields }));
  const edits = editsAllowed(word);
  const synonyms = edits === 0 ? [] : misspeltSynonyms(word);
  const [anywhere, prominently, ...more] = await ask(asking, [
    begun(allFields),
    begun(prominentFields),
    ...(edits === 0 ? [] : lookAlikes(word, edits)),
    ...synonyms.map((synonym) => finds(scored(sameMeaning(synonym)))),
  ] as const);
  const alike = more.filter((each) => typeof each !== 'boolean').flat();
  const known = more.filter((each) => typeof each === 'boolean');
  return {
    begun: anywhere,
    prominentlyBegun: prominently,
    near: alike,
    misspelt: synonyms.filter((_, index) => known[index]),
  };
}

/** So many of the products that fit best show which words are near; the nearest fit best. */
const mostWitnesses = 50;

/** Descriptions have so many words that one is always near a shorter one: a "gift" would be a "lift". */
const shortestInDescriptions = 5;

function lookAlikes(word: string, edits: number): LookUp<readonly NearWord[]>[] {
  const prominent = (query: Query) =>
    witnesses(query, ['name', 'category', 'tags'], ({ name, category, tags }) =>
      wordsOf([name, category ?? '', ...tags].join(' '), true),
    );
  const inAny = (inField: ReturnType<typeof nearWord>): Query => ({
    dis_max: { queries: prominentFields.map(inField) },
  });
  const inDescriptions = witnesses(nearWord(word, edits)('description'), ['description'], ({ description }) =>
    wordsOf(description, false),
  );
  return [
    prominent(inAny(nearWord(word, edits))),
    prominent(inAny(nearlyBegunWord(word, edits))),
    ...(word.length < shortestInDescriptions ? [] : [inDescriptions]),
  ];
}

function witnesses(
  query: Query,
  fields: readonly (keyof ProductDocument)[],
  read: (document: ProductDocument) => readonly NearWord[],
): LookUp<readonly NearWord[]> {
  return {
    request: {
      query: { bool: { filter: [{ term: { deleted: false } }], must: [query] } },
      size: mostWitnesses,
      _source: [...fields],
      track_total_hits: false,
    },
    read: ({ hits }) => hits.hits.flatMap((hit) => read(hit._source as ProductDocument)),
  };
}

const wordsOf = (text: string, prominent: boolean): NearWord[] =>
  (foldText(text).match(/[\p{L}\p{M}\p{N}]+/gu) ?? []).map((word) => ({ word, prominent }));

function misspeltSynonyms(word: string): string[] {
  if (synonymsOf(word).length > 0) return [];
  const candidates = [...synonymWords].map((each) => ({ word: each }));
  return closest(word, candidates, 'whole').map((each) => each.word);
}
