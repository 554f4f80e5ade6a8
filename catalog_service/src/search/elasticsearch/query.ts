import type { estypes } from '@elastic/elasticsearch';
import { similarShare, weights } from '../weights.ts';
import type { Query } from './client.ts';

type Field = keyof typeof weights;
const allFields = Object.keys(weights) as Field[];

/** The form of a field: stems and synonyms (''), pairs of words as one, or words as they are written. */
const weighted = (form: '' | '.pairs' | '.words', fields = allFields, share = 1) =>
  fields.map((field) => `${field}${form}^${weights[field] * share}`);

/**
 * What a text may find, the best first: products with all of its words, those with all of them or similar ones, and
 * those that lack one. The first of them that finds anything at all is the answer.
 */
export function textQueries(words: readonly string[]): Query[] {
  if (words.length === 0) return [{ match_none: {} }];
  const similar = words.map((word, place) => similarWord(word, place === words.length - 1));
  const queries: Query[] = [
    { dis_max: { queries: readings(words).map((reading) => ({ bool: { must: reading.map(sameWord) } })) } },
    { bool: { must: similar } },
  ];
  if (words.length > 1) queries.push({ bool: { should: similar, minimum_should_match: words.length - 1 } });
  return queries.map((query) => ({ bool: { filter: [onSale], must: [query], should: bonuses(words) } }));
}

export const onSale: Query = { term: { deleted: false } };

/** The words, and with each two neighbours as one: "back pack" is "backpack". */
function readings(words: readonly string[]): string[][] {
  const joined = words.slice(1).map((word, place) => words.toSpliced(place, 2, `${words[place]}${word}`));
  return [[...words], ...joined];
}

const found = (query: string, fields: string[], how: Partial<estypes.QueryDslMultiMatchQuery>): Query => ({
  multi_match: { query, fields, type: 'most_fields', ...how },
});

/** The word with any ending, another word for the same, or two words of which it is made. */
const sameWord = (word: string) => found(word, [...weighted(''), ...weighted('.pairs')], { operator: 'and' });

/** The word itself, misspelt or, if it is the last one, unfinished. */
function similarWord(word: string, isLast: boolean): Query {
  const similar = (fields: Field[], how: Partial<estypes.QueryDslMultiMatchQuery>) =>
    found(word, weighted('.words', fields, similarShare), how);
  const queries = [
    sameWord(word),
    similar(['name', 'labels'], { fuzziness: 'AUTO:4,8' }),
    // Descriptions have so many words that a short one is always similar to one of them.
    similar(['description'], { fuzziness: 'AUTO:6,8' }),
  ];
  // One or two letters begin a word of nearly every description.
  if (isLast) queries.push(similar(word.length < 3 ? ['name'] : allFields, { type: 'phrase_prefix' }));
  return { dis_max: { queries } };
}

/** Tells equals apart: whether the words of a name stand as they were typed, and how short it is. */
function bonuses(words: readonly string[]): Query[] {
  return [
    { match_phrase: { name: { query: words.join(' '), slop: 1, boost: weights.name / 5 } } },
    {
      function_score: {
        functions: [{ field_value_factor: { field: 'nameLength', modifier: 'reciprocal', factor: 0.2 } }],
        boost_mode: 'replace',
      },
    },
  ];
}
