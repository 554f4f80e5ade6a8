import type { estypes } from '@elastic/elasticsearch';
import { begunRun, isUnspaced, runsOf } from '../folding.ts';
import { isStopWord } from '../search-words.ts';
import { similarShare, weights } from '../weights.ts';
import type { Query } from './client.ts';

type Field = keyof typeof weights;
const allFields = Object.keys(weights) as Field[];
/** Few words, all of which say what the product is. */
const isLabel = (field: Field) => field !== 'description';

/** The form of a field: stems and synonyms (''), pairs of words as one, or words as they are written. */
const weighted = (form: '' | '.pairs' | '.words', fields: readonly Field[], share = 1) =>
  fields.map((field) => `words.${field}${form}^${weights[field] * share}`);

export interface TextQuery {
  readonly found: Query;
  /** The same, scored. */
  readonly scored: Query;
  /** The same in parts, the best first, which have nothing in common. */
  readonly parts: readonly Query[];
}

/**
 * What a text may find, the best first: products with all of its words, those with all of them or similar ones, and
 * those that lack one. The first of them that finds anything at all is the answer. A text without words finds the names
 * that are the same.
 */
export function textQueries(words: readonly string[], text: string, key: string): TextQuery[] {
  const isExact: Query = { term: { nameKey: key } };
  if (words.length === 0) return [{ found: isExact, scored: isExact, parts: [isExact] }];
  const anywhere = levels(words, allFields);
  const inName = levels(words, ['name']);
  return anywhere.map((found, level) => {
    const named = inName[level] as Query;
    const inLabels = words.map((word) =>
      level === 0 ? sameWord(word, ['labels']) : similarWord(word, false, ['labels']),
    );
    // A name that is the text is the shortest of those that have all its words.
    const first: Query = { bool: { should: [isExact, ...inLabels] } };
    return {
      found,
      scored: { bool: { must: [found], should: [...bonuses(words), ...firsts(text, key)] } },
      parts: [
        { bool: { filter: [named, first] } },
        { bool: { filter: [named], must_not: [first] } },
        { bool: { filter: [found], must_not: [named] } },
      ],
    };
  });
}

function levels(words: readonly string[], fields: readonly Field[]): Query[] {
  const similar = words.map((word, place) => similarWord(word, place === words.length - 1, fields));
  const same = readings(words).map((reading) => reading.map((word) => sameWord(word, fields)));
  const queries: Query[] = [
    { dis_max: { queries: same.map((must) => ({ bool: { must } })) } },
    { bool: { must: similar } },
  ];
  if (words.length > 1) queries.push({ bool: { should: similar, minimum_should_match: words.length - 1 } });
  return queries;
}

/** The words, and with each two neighbours as one: "back pack" is "backpack". */
function readings(words: readonly string[]): string[][] {
  const joined = words.slice(1).map((word, place) => words.toSpliced(place, 2, `${words[place]}${word}`));
  return [[...words], ...joined];
}

const found = (query: string, fields: string[], how: Partial<estypes.QueryDslMultiMatchQuery>): Query => ({
  multi_match: { query, fields, type: 'most_fields', ...how },
});

/** More words than begin with any one character. */
const max_expansions = 1_000;

/** One after the other, and what each field scores is added up. */
const phrase = { type: 'phrase', tie_breaker: 1 } as const;

/**
 * The word with any ending, another word for the same, or two words of which it is made; of a script without spaces, what
 * it is made of, or all that begins with a single character.
 */
function sameWord(word: string, within: readonly Field[]): Query {
  if (isUnspaced(word) && [...word].length === 1)
    return found(word, weighted('.words', within), { ...phrase, type: 'phrase_prefix', max_expansions });
  if (word.includes(' ')) return found(word, weighted('', within), phrase);
  // Of words that say little every description is full.
  const fields = isStopWord(word) ? within.filter(isLabel) : within;
  return found(word, [...weighted('', fields), ...weighted('.pairs', fields)], { operator: 'and' });
}

/** The word itself, misspelt or, if it is the last one, unfinished. */
function similarWord(word: string, isLast: boolean, within: readonly Field[]): Query {
  if (isUnspaced(word)) return sameWord(word, within);
  const similar = (fields: readonly Field[], how: Partial<estypes.QueryDslMultiMatchQuery>) =>
    found(word, weighted('.words', fields, similarShare), how);
  const queries = [
    sameWord(word, within),
    similar(within.filter(isLabel), { fuzziness: 'AUTO:4,8', operator: 'and' }),
  ];
  // Descriptions have so many words that a short one is always similar to one of them.
  if (within.includes('description'))
    queries.push(similar(['description'], { fuzziness: 'AUTO:6,8', operator: 'and' }));
  // One or two letters begin a word of nearly every description.
  const isShort = word.length < 3 || isStopWord(word);
  if (isLast) queries.push(similar(isShort ? ['name'] : within, { type: 'phrase_prefix' }));
  return { dis_max: { queries } };
}

/** Tells equals apart: whether the words of a name stand as they were typed, and how short it is. */
function bonuses(words: readonly string[]): Query[] {
  return [
    { match_phrase: { 'words.name': { query: words.join(' '), slop: 1, boost: weights.name / 5 } } },
    {
      function_score: {
        functions: [{ field_value_factor: { field: 'nameLength', modifier: 'reciprocal', factor: 0.2 } }],
        boost_mode: 'replace',
      },
    },
  ];
}

/** More than all words of a text together can score. */
const first = 10_000;

/** Names that are the text, the same to a letter first, and those that begin with it as whole words, signs and all. */
function firsts(text: string, key: string): Query[] {
  const runs = runsOf(key);
  const words = runs.flatMap((run, place) => (place === runs.length - 1 ? begunRun(run) : run));
  const clauses = words.map((word) => ({ span_term: { 'words.name.words': word } }));
  const beginsSo: Query = {
    span_first: { match: { span_near: { clauses, slop: 0, in_order: true } }, end: words.length },
  };
  return [
    { constant_score: { filter: { term: { name: text } }, boost: first } },
    { constant_score: { filter: { term: { nameKey: key } }, boost: first } },
    {
      constant_score: {
        filter: { bool: { filter: [{ prefix: { nameKey: key } }, beginsSo] } },
        boost: first,
      },
    },
  ];
}
