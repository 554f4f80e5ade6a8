import type { WordReading } from './postgres-vocabulary.ts';
import { synonymsOf, synonymWords } from './synonyms.ts';
import { closest } from './typos.ts';

/** What a typed word finds, in the notation of `tsquery`: itself, and what is only like it. */
interface Term {
  readonly exact?: string;
  readonly soft: readonly string[];
  /** What is only like it is looked for in names alone. */
  readonly softInNames?: boolean;
}

/** A text as PostgreSQL's full text search takes it. */
export interface TextQuery {
  /** Products with all words. */
  readonly all: string;
  /** Products with all words but any one, for when none has all; undefined for a single word. */
  readonly allButOne?: string;
  /** Any word as it was typed, and any that is only like one: what relevance is made of. */
  readonly exact?: string;
  readonly soft?: string;
  /** Any word, to be shown in a text of this kind. */
  readonly shown: { readonly name: string; readonly description?: string };
  /** Letters typed, so that relevance can see how much of a name they are. */
  readonly length: number;
}

/** The typed words, and all others whose readings {@link textQuery} may need. */
export function wordsToRead(words: readonly string[]): string[] {
  return [...new Set(words.flatMap((word) => [word, ...synonymsOf(word), ...misspeltSynonyms(word)]))];
}

/** Undefined when no word is found anywhere. Words that are not are left out. */
export function textQuery(
  words: readonly string[],
  readings: ReadonlyMap<string, WordReading>,
): TextQuery | undefined {
  const telling = words.filter((word) => readings.get(word)?.exact !== '');
  const used = telling.length > 0 ? telling : words;
  const terms = used.flatMap((word) => findTerm(word, readings, used.length === 1) ?? []);
  if (terms.length === 0) return undefined;
  const groups = terms.map(({ exact, soft }) => either(exact === undefined ? soft : [exact, ...soft]));
  const withoutOne = groups.map((_, index) => all(groups.filter((_, other) => other !== index)));
  const exact = terms.flatMap((term) => term.exact ?? []);
  // What begins with one or two letters does so in its name: there is nothing to rank, and there are many.
  const soft = used.some((word) => !isShort(word)) ? terms.flatMap((term) => term.soft) : [];
  return {
    all: all(groups),
    ...(groups.length > 1 && { allButOne: either(withoutOne) }),
    ...(exact.length > 0 && { exact: either(exact) }),
    ...(soft.length > 0 && { soft: either(soft) }),
    shown: shownWords(terms),
    length: words.join(' ').length,
  };
}

function shownWords(terms: readonly Term[]): TextQuery['shown'] {
  const queriesOf = (withSoft: (term: Term) => boolean) =>
    terms.flatMap((term) => [...(term.exact ? [term.exact] : []), ...(withSoft(term) ? term.soft : [])]);
  const inDescription = queriesOf((term) => !term.softInNames);
  return {
    name: either(queriesOf(() => true)),
    ...(inDescription.length > 0 && { description: either(inDescription) }),
  };
}

function findTerm(
  word: string,
  readings: ReadonlyMap<string, WordReading>,
  alone: boolean,
): Term | undefined {
  const reading = readings.get(word);
  if (reading === undefined || reading.start === '') return undefined;
  const meant = knownOf(synonymsOf(word), readings);
  // "c" may be of "USB-C", but by itself it is rather the first letter of what will be typed.
  if (reading.known && alone && isShort(word)) return { exact: reading.exact, ...begunWith(reading) };
  if (reading.known) return { exact: reading.exact, soft: meant };
  if (meant.length > 0) return { soft: meant };
  if (reading.begun) return begunWith(reading);
  const near = closest(word, reading.near, 'whole').map(({ stem }) => quote(stem));
  if (near.length > 0) return { soft: near };
  const misspelt = knownOf(misspeltSynonyms(word), readings);
  if (misspelt.length > 0) return { soft: misspelt };
  const unfinished = closest(word, reading.near, 'beginning').map(({ stem }) => quote(stem));
  return unfinished.length > 0 ? { soft: unfinished } : undefined;
}

const knownOf = (words: readonly string[], readings: ReadonlyMap<string, WordReading>) =>
  words.flatMap((word) => {
    const reading = readings.get(word);
    return reading?.known ? [reading.exact] : [];
  });

/** One or two letters begin a word of nearly every description: only names count. */
const begunWith = ({ word, start, shorterStems }: WordReading): Term =>
  isShort(word) ? { soft: [`${start}A`], softInNames: true } : { soft: [start, ...shorterStems.map(quote)] };

const isShort = (word: string) => word.length < 3;

/** What a misspelt word means when it is none of the catalog's own: "trianers" are sneakers. */
function misspeltSynonyms(word: string): string[] {
  if (synonymsOf(word).length > 0) return [];
  const near = closest(
    word,
    [...synonymWords].map((each) => ({ word: each })),
    'whole',
  );
  return near.flatMap((each) => [each.word, ...synonymsOf(each.word)]);
}

const either = (queries: readonly string[]) => `(${queries.join(' | ')})`;
const all = (queries: readonly string[]) => `(${queries.join(' & ')})`;
const quote = (lexeme: string) => `'${lexeme.replaceAll(/['\\]/g, '$&$&')}'`;
