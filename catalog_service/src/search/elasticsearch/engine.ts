import type { EventBus, EventMetrics } from '@shop/messaging';
import type { Logger, Metrics } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import type { ProductBatches } from '../../db/product-batches.ts';
import type { ElasticsearchSettings } from '../../elasticsearch-settings.ts';
import type { SearchIndex } from '../search-index.ts';
import { createSearchWithFallback, type SearchWithFallback } from '../search-with-fallback.ts';
import { openClient } from './client.ts';
import { writeDocuments } from './document.ts';
import { createElasticsearchSearchIndex } from './elasticsearch-search-index.ts';
import { keepIndex } from './index-keeper.ts';
import { startIndexer } from './indexer.ts';
import { ownerOf } from './indices.ts';

export interface ElasticsearchEngineOptions {
  readonly settings: ElasticsearchSettings;
  readonly fallback: SearchIndex;
  readonly products: ProductBatches;
  readonly exclusively: Exclusively;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly metrics: Metrics;
  readonly eventMetrics: EventMetrics;
}

export interface ElasticsearchEngine extends SearchWithFallback {
  /** Does not wait for Elasticsearch. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Search on Elasticsearch, with all that keeps it up to date, and the fallback for when it is unavailable. */
export function createElasticsearchEngine(options: ElasticsearchEngineOptions): ElasticsearchEngine {
  const { fallback, logger, metrics } = options;
  let opened: Awaited<ReturnType<typeof open>> | undefined;
  const remote = () => (opened?.keeper.usable() ? opened.index : undefined);
  return {
    ...createSearchWithFallback({ name: 'elasticsearch', remote, fallback, logger, metrics }),
    start: async () => {
      opened = await open(options);
    },
    stop: async () => {
      await opened?.keeper.stop();
      await opened?.client.close();
    },
  };
}

async function open(options: ElasticsearchEngineOptions) {
  const { settings, products, bus, logger, eventMetrics: metrics } = options;
  const owner = ownerOf(settings.index, await products.database());
  const client = await openClient(settings.url);
  const keeper = keepIndex({
    ...options,
    client,
    owner,
    replicas: settings.replicas,
    // An instance without an index takes no events, and leaves them to those that have one.
    whileUsable: () =>
      startIndexer({
        bus,
        logger,
        write: (documents) => writeDocuments(client, owner.alias, documents),
        metrics,
      }),
  });
  return { client, keeper, index: createElasticsearchSearchIndex(client, owner.alias) };
}
