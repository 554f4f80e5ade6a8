import type { Client, estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import type { FacetValue } from '../../domain/search-index.ts';
import { foldText } from '../folding.ts';

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

export interface Asking {
  readonly client: Client;
  readonly index: string;
  readonly signal: AbortSignal | undefined;
}

type Reply<Document> = estypes.MsearchMultiSearchItem<Document>;

/** Sends all searches in one request; gives the reply to the first that finds anything (before `post_filter`). */
export async function firstThatFinds<Document>(
  { client, index, signal }: Asking,
  searches: readonly estypes.MsearchMultisearchBody[],
): Promise<Reply<Document>> {
  const found = searches.length > 1 ? { found: { filter: { match_all: {} } } } : {};
  const bodies = searches.flatMap((search) => [{}, { ...search, aggs: { ...found, ...search.aggs } }]);
  const { responses } = await client.msearch<Document>({ index, searches: bodies }, { signal });
  const replies = responses.map((reply) => {
    if ('error' in reply) throw new Error(`Elasticsearch could not search: ${JSON.stringify(reply.error)}`);
    return reply;
  });
  const first = replies.find(({ aggregations }) => (aggregations?.['found'] as Counted)?.doc_count > 0);
  return first ?? (replies.at(-1) as Reply<Document>);
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly oldest?: { readonly hits: { readonly hits: readonly { readonly _source: Product }[] } };
}

interface Counted {
  readonly doc_count: number;
  readonly values: { readonly buckets: readonly Bucket[] };
}

/** What an aggregation counted of each of its `values`, those that were folded as the oldest product has them. */
export function bucketsOf(reply: Reply<unknown>, aggregation: string): FacetValue[] {
  const counted = reply.aggregations?.[aggregation] as unknown as Counted | undefined;
  return (counted?.values.buckets ?? []).map(({ key, doc_count: count, oldest }) => {
    const product = oldest?.hits.hits[0]?._source;
    const written = product && [product.category ?? '', ...product.tags];
    return { value: written?.find((text) => foldText(text) === key) ?? key, count };
  });
}
