import type { Client, estypes } from '@elastic/elasticsearch';
import type { Product } from '../../domain/product.ts';
import { countedExactly, type FacetValue } from '../../domain/search-index.ts';
import type { ElasticsearchSettings } from '../../elasticsearch-settings.ts';
import { foldText } from '../folding.ts';

export type { Client };
export type Query = estypes.QueryDslQueryContainer;

export type ElasticsearchAccess = Pick<ElasticsearchSettings, 'url'> &
  Partial<Pick<ElasticsearchSettings, 'apiKey'>>;

/**
 * A client that retries nothing by itself: its caller knows what is worth a retry, and how long a user waits.
 * The library takes a second to load, so it is loaded only when it is used.
 */
export async function openClient({ url, apiKey }: ElasticsearchAccess): Promise<Client> {
  const { Client } = await import('@elastic/elasticsearch');
  return new Client({
    node: url,
    ...(apiKey !== undefined && { auth: { apiKey } }),
    maxRetries: 0,
    requestTimeout: 10_000,
    name: 'catalog_service',
  });
}

export interface Asking {
  readonly client: Client;
  readonly index: string;
  readonly signal: AbortSignal | undefined;
}

export type Reply<Document> = estypes.MsearchMultiSearchItem<Document>;

export type Body = estypes.MsearchMultisearchBody;

export interface Search {
  readonly body: Body;
  /** Asked along with it. */
  readonly also?: readonly Body[];
  /** What it asks for without its filters, if it has any. */
  readonly unfiltered?: Query | undefined;
}

/**
 * Sends the searches one after the other, until one finds anything, whatever its filters leave of that: few texts need the
 * second, which costs many times as much.
 * @returns its place, and what was answered to its body and to what went along with it
 */
export async function firstThatFinds<Document>(asking: Asking, searches: readonly Search[], place = 0) {
  const { body, also = [], unfiltered } = searches[place] as Search;
  const isLast = place === searches.length - 1;
  const anything = !isLast && unfiltered ? [{ query: unfiltered, size: 0, terminate_after: 1 }] : [];
  const replies = await ask<Document>(asking, [body, ...also, ...anything]);
  const [reply] = replies;
  const unfilteredReply = anything.length > 0 ? replies.at(-1) : reply;
  if (isLast || totalOf(unfilteredReply ?? reply).value > 0)
    return { place, reply, also: replies.slice(1, 1 + also.length) };
  return firstThatFinds<Document>(asking, searches, place + 1);
}

/** All of them in one request. */
export async function ask<Document>(
  { client, index, signal }: Asking,
  bodies: readonly Body[],
): Promise<[Reply<Document>, ...Reply<Document>[]]> {
  const searches = bodies.flatMap((body) => [{}, body]);
  const { responses } = await client.msearch<Document>({ index, searches }, { signal });
  return responses.map((reply) => {
    if ('error' in reply) throw new Error(`Elasticsearch could not search: ${JSON.stringify(reply.error)}`);
    return reply;
  }) as [Reply<Document>, ...Reply<Document>[]];
}

export const totalOf = (reply: Reply<unknown>) => reply.hits.total as estypes.SearchTotalHits;

/** How many groups were found. */
export function groupTotal(reply: Reply<unknown>): { total: number; totalIsExact: boolean } {
  const { value = 0 } = (reply.aggregations?.['groups'] ?? {}) as { value?: number };
  return { total: Math.min(value, countedExactly), totalIsExact: value <= countedExactly };
}

interface Bucket {
  readonly key: string;
  readonly doc_count: number;
  readonly groups?: { readonly value: number };
  readonly oldest?: { readonly hits: { readonly hits: readonly { readonly _source: Partial<Product> }[] } };
}

interface Counted {
  readonly doc_count: number;
  readonly values: { readonly buckets: readonly Bucket[] };
}

/** What an aggregation counted of each of its `values`, those that were folded as the oldest product has them. */
export function bucketsOf(reply: Reply<unknown>, aggregation: string): FacetValue[] {
  const counted = reply.aggregations?.[aggregation] as unknown as Counted | undefined;
  return (counted?.values.buckets ?? []).map(({ key, doc_count, groups, oldest }) => {
    const { category, tags } = oldest?.hits.hits[0]?._source ?? {};
    const written = tags ?? [category ?? key];
    const value = written.find((text) => foldText(text) === key) ?? key;
    return { value, count: groups?.value ?? doc_count };
  });
}
