import type { estypes } from '@elastic/elasticsearch';
import type { Client, Query } from './client.ts';
import { amongThoseOnSale } from './field-queries.ts';

/** A question of several that go to Elasticsearch at once. */
export interface LookUp<T> {
  readonly request: estypes.MsearchMultisearchBody;
  readonly read: (response: estypes.MsearchMultiSearchItem<unknown>) => T;
}

/** Whether any product on sale is found; stops at the first. */
export const finds = (query: Query): LookUp<boolean> => ({
  request: { query: amongThoseOnSale(query), size: 0, terminate_after: 1, track_total_hits: 1 },
  read: ({ hits }) => totalOf(hits) > 0,
});

export const totalOf = (hits: Pick<estypes.SearchHitsMetadata<unknown>, 'total'>) =>
  typeof hits.total === 'number' ? hits.total : (hits.total?.value ?? 0);

export interface Asking {
  readonly client: Client;
  readonly index: string;
  readonly signal: AbortSignal | undefined;
}

/** The answers in the order of the questions; no question, no request. */
export async function ask<const L extends readonly LookUp<unknown>[]>(
  { client, index, signal }: Asking,
  lookUps: L,
): Promise<{ -readonly [K in keyof L]: L[K] extends LookUp<infer T> ? T : never }> {
  type Answers = { -readonly [K in keyof L]: L[K] extends LookUp<infer T> ? T : never };
  if (lookUps.length === 0) return [] as unknown as Answers;
  const searches = lookUps.flatMap(({ request }) => [{}, request]);
  const { responses } = await client.msearch<unknown>({ index, searches }, { signal });
  return lookUps.map(({ read }, position) => {
    const response = responses[position];
    if (response === undefined || 'error' in response)
      throw new Error(`Elasticsearch could not search: ${JSON.stringify(response?.error)}`);
    return read(response);
  }) as Answers;
}
