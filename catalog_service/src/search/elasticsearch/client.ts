import type { Client, estypes } from '@elastic/elasticsearch';

export type { Client };
export type Query = estypes.QueryDslQueryContainer;

/**
 * A client that retries nothing by itself: its caller knows what is worth a retry, and how long a user waits.
 * The library takes a second to load, so it is loaded only when it is used.
 */
export async function openClient(url: string): Promise<Client> {
  const { Client } = await import('@elastic/elasticsearch');
  return new Client({ node: url, maxRetries: 0, requestTimeout: 10_000, name: 'catalog_service' });
}

/** @throws the error of Elasticsearch, unless it is that there is no such thing */
export async function unlessMissing<T>(asked: Promise<T>): Promise<T | undefined> {
  try {
    return await asked;
  } catch (error) {
    if ((error as { statusCode?: number }).statusCode === 404) return undefined;
    throw error;
  }
}

export interface Asking {
  readonly client: Client;
  readonly index: string;
  readonly signal: AbortSignal | undefined;
}

/** Counts what a query finds, before `post_filter`: for {@link firstThatFinds}. */
export const countFound = { found: { filter: { match_all: {} } } };

/** Sends all searches in one request; gives the reply to the first that {@link countFound}, or else to the last. */
export async function firstThatFinds<T>(
  { client, index, signal }: Asking,
  searches: readonly estypes.MsearchMultisearchBody[],
): Promise<estypes.MsearchMultiSearchItem<T>> {
  const { responses } = await client.msearch<T>(
    { index, searches: searches.flatMap((search) => [{}, search]) },
    { signal },
  );
  const replies = responses.map((reply) => {
    if ('error' in reply) throw new Error(`Elasticsearch could not search: ${JSON.stringify(reply.error)}`);
    return reply;
  });
  const found = replies.find(({ aggregations }) => countOf(aggregations?.['found']) > 0);
  return (found ?? replies.at(-1)) as estypes.MsearchMultiSearchItem<T>;
}

const countOf = (found: unknown) => (found as { doc_count: number } | undefined)?.doc_count ?? 0;
