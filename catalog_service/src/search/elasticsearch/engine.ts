import type { Logger, Metrics, WithLock } from '@shop/service-kit';
import type { AllProductsRepository } from '../../db/all-products.repository.ts';
import type { SearchIndex } from '../../domain/search-index.ts';
import type { ElasticsearchSettings } from '../../elasticsearch-settings.ts';
import { createSearchWithFallback } from '../search-with-fallback.ts';
import { openClient } from './client.ts';
import { type Versioned, writeDocuments } from './document.ts';
import { createElasticsearchSearchIndex } from './elasticsearch-search-index.ts';
import { keepIndex } from './index-keeper.ts';
import { ownerOf } from './indices.ts';
import { prepareSortKeys } from './sort-key.ts';

export interface ElasticsearchEngineOptions {
  readonly settings: ElasticsearchSettings;
  readonly fallback: SearchIndex;
  readonly products: AllProductsRepository;
  readonly withReindexLock: WithLock;
  /** Starts to give the events of products to the index: as documents, to be told of each what went wrong with it. */
  readonly consume: (
    write: (documents: readonly Versioned[]) => Promise<(Error | undefined)[]>,
  ) => Promise<{ close(): Promise<void> }>;
  readonly logger: Logger;
  readonly metrics: Metrics;
}

/** Search on Elasticsearch, with all that keeps it up to date, and the fallback for when it is unavailable. */
export function createElasticsearchEngine(options: ElasticsearchEngineOptions) {
  const { fallback, logger, metrics } = options;
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  const remote = () => (opened?.keeper.usable() ? opened.index : undefined);
  return {
    ...createSearchWithFallback({ name: 'elasticsearch', remote, fallback, logger, metrics }),
    /** Does not wait for Elasticsearch. */
    start: async () => {
      prepareSortKeys();
      opened = await open(options);
    },
    stop: async () => {
      await opened?.keeper.stop();
      await opened?.client.close();
    },
  };
}

async function open(options: ElasticsearchEngineOptions) {
  const { settings, products, consume } = options;
  const owner = ownerOf(settings.index, await products.database());
  const client = await openClient(settings);
  const keeper = keepIndex({
    ...options,
    client,
    owner,
    replicas: settings.replicas,
    // An instance without an index takes no events, and leaves them to those that have one.
    whileUsable: () => consume((documents) => writeDocuments(client, owner.alias, documents)),
  });
  return { client, keeper, index: createElasticsearchSearchIndex(client, owner.alias) };
}
