import type { Client, estypes } from '@elastic/elasticsearch';

export type { Client };
export type Query = estypes.QueryDslQueryContainer;

/**
 * A client that tries nothing again by itself: whoever calls knows what is worth it, and how long somebody waits.
 * Its library takes a second to load, so it is loaded by those only who use it.
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
