import type { Query } from './client.ts';
import { synonymAnalyzer } from './definition.ts';

/** Where a word stands tells how much the product has to do with it. */
const weights = { name: 1_000, labels: 400, description: 100 } as const;
export type Field = keyof typeof weights;

export const prominentFields = ['name', 'labels'] as const;
export const allFields = [...prominentFields, 'description'] as const;

/** A way to look for something in one field. */
type InField = (field: Field) => Query;

/**
 * Products that have it in any of the fields; the score is the sum of the fields' weights, a whole number. (The usual
 * score depends on how many deleted documents a copy of the index still has: pages would not fit together.)
 */
export function scored(inField: InField, { fields = allFields, share = 1 }: Scope = {}): Query {
  return {
    bool: {
      should: fields.map((field) => ({
        constant_score: { filter: inField(field), boost: weights[field] * share },
      })),
      minimum_should_match: 1,
    },
  };
}

export interface Scope {
  readonly fields?: readonly Field[];
  /** Of the weights: less than 1 for what is only like a word. */
  readonly share?: number;
}

/** The word with any ending; one with a hyphen is two in a row. */
export const sameWord =
  (word: string): InField =>
  (field) => ({ match_phrase: { [field]: { query: word } } });

/** The word or another for the same. */
export const sameMeaning =
  (word: string): InField =>
  (field) => ({ match: { [field]: { query: word, analyzer: synonymAnalyzer, operator: 'and' } } });

/** Words that begin so. */
export const begunWord =
  (word: string): InField =>
  (field) =>
    field === 'description'
      ? { match_bool_prefix: { 'description.words': { query: word, operator: 'and' } } }
      : { match: { [`${field}.begun`]: { query: word, operator: 'and' } } };

/** Words that are so many edits away, the nearest first. */
export const nearWord =
  (word: string, edits: number): InField =>
  (field) => ({ match: { [`${field}.words`]: { query: word, fuzziness: edits, operator: 'and' } } });

/** Words that begin with something so many edits away. Descriptions have no beginnings in the index. */
export const nearlyBegunWord =
  (word: string, edits: number): InField =>
  (field) => ({ match: { [`${field}.begun`]: { query: word, fuzziness: edits, operator: 'and' } } });

export const either = (queries: readonly Query[]): Query =>
  queries.length === 1 && queries[0] !== undefined ? queries[0] : { dis_max: { queries: [...queries] } };

export const onSale: Query = { term: { deleted: false } };

export const amongThoseOnSale = (query: Query): Query => ({ bool: { filter: [onSale], must: [query] } });
