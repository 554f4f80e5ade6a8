import type { EventBus, EventMetrics } from '@shop/messaging';
import type { Logger, Metrics } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import type { Presence } from '../../db/presence.ts';
import type { ProductBatches } from '../../db/product-batches.ts';
import type { SearchIndex } from '../search-index.ts';
import { createSearchWithFallback } from '../search-with-fallback.ts';
import { createBulkWriter } from './bulk-writer.ts';
import { type Client, openClient } from './client.ts';
import {
  canAnswer,
  createElasticsearchSearchIndex,
  type ElasticsearchSearchIndex,
} from './elasticsearch-search-index.ts';
import { definitionHash } from './index-definition.ts';
import type { IndexKeeper } from './index-keeper.ts';
import { aliasOf } from './index-names.ts';
import { startIndexer } from './indexer.ts';
import { keepIndex } from './keep-index.ts';
import type { ElasticsearchSettings } from './settings.ts';

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

export interface ElasticsearchEngine {
  readonly index: SearchIndex;
  /** Rejects while searches go to the fallback. */
  check(): Promise<unknown>;
  /** Does not wait for Elasticsearch. */
  start(): Promise<void>;
  stop(): Promise<void>;
}

/** Search on Elasticsearch, with all that keeps it up to date, and the fallback for when it is away. */
export function createElasticsearchEngine(options: ElasticsearchEngineOptions): ElasticsearchEngine {
  const { fallback, presence, logger, metrics } = options;
  let running: Running | undefined;
  const opened = () => {
    if (running === undefined) throw new Error('the search engine has not been started');
    return running;
  };
  const { index, check } = createSearchWithFallback({
    name: 'elasticsearch',
    remote: {
      usable: () => running?.keeper.usable() ?? false,
      // A search like any other: one that is easier would call back those that it is too slow for.
      check: (signal) => opened().index.search({ text: 'search' }, 1, 0, signal),
      takes: canAnswer,
      search: (...args) => opened().index.search(...args),
      suggest: (...args) => opened().index.suggest(...args),
    },
    fallback,
    logger,
    metrics,
  });
  return {
    index,
    check,
    start: async () => {
      running = await openIndex(options);
      running.keeper.start();
    },
    stop: async () => {
      await running?.keeper.stop();
      presence.leave();
      await running?.client.close();
    },
  };
}

interface Running {
  readonly client: Client;
  readonly keeper: IndexKeeper;
  readonly index: ElasticsearchSearchIndex;
}

async function openIndex(options: ElasticsearchEngineOptions): Promise<Running> {
  const { settings, products, exclusively, presence, bus, logger, eventMetrics } = options;
  const owner = { name: settings.index, database: await products.database(), definition: definitionHash };
  const client = await openClient(settings.url);
  const write = createBulkWriter(client, { index: aliasOf(owner), requireAlias: true });
  const keeper = keepIndex({
    client,
    owner,
    replicas: settings.replicas,
    products,
    exclusively,
    presence,
    // Whoever has no index takes no events, and leaves them to the instances that have one.
    whileUsable: () => startIndexer({ bus, logger, write, metrics: eventMetrics }),
    logger,
  });
  return { client, keeper, index: createElasticsearchSearchIndex(client, aliasOf(owner)) };
}
