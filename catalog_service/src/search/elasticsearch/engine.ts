import type { EventBus, EventMetrics } from '@shop/messaging';
import type { Logger, Metrics } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import type { Presence } from '../../db/presence.ts';
import type { ProductBatches } from '../../db/product-batches.ts';
import type { ElasticsearchSettings } from '../../elasticsearch-settings.ts';
import type { SearchIndex } from '../search-index.ts';
import { createSearchWithFallback, type SearchWithFallback } from '../search-with-fallback.ts';
import { createBulkWriter } from './bulk-writer.ts';
import { openClient } from './client.ts';
import { createElasticsearchSearchIndex } from './elasticsearch-search-index.ts';
import { definitionHash } from './index-definition.ts';
import { keepIndex } from './index-keeper.ts';
import { aliasOf } from './index-names.ts';
import { startIndexer } from './indexer.ts';

export interface ElasticsearchEngineOptions {
  readonly settings: ElasticsearchSettings;
  readonly fallback: SearchIndex;
  readonly products: ProductBatches;
  readonly exclusively: Exclusively;
  readonly presence: Presence;
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
  const { fallback, presence, logger, metrics } = options;
  let running: Awaited<ReturnType<typeof openIndex>> | undefined;
  const remote = () => (running?.keeper.usable() ? running.index : undefined);
  return {
    ...createSearchWithFallback({ name: 'elasticsearch', remote, fallback, logger, metrics }),
    start: async () => {
      running = await openIndex(options);
    },
    stop: async () => {
      await running?.keeper.stop();
      presence.leave();
      await running?.client.close();
    },
  };
}

async function openIndex(options: ElasticsearchEngineOptions) {
  const { settings, products, bus, logger, eventMetrics } = options;
  const owner = { name: settings.index, database: await products.database(), definition: definitionHash };
  const client = await openClient(settings.url);
  const write = createBulkWriter(client, { index: aliasOf(owner), requireAlias: true });
  const keeper = keepIndex({
    ...options,
    client,
    owner,
    replicas: settings.replicas,
    // An instance without an index takes no events, and leaves them to those that have one.
    whileUsable: () => startIndexer({ bus, logger, write, metrics: eventMetrics }),
  });
  return { client, keeper, index: createElasticsearchSearchIndex(client, aliasOf(owner)) };
}
