import type { EventBus, EventMetrics, Subscription } from '@shop/messaging';
import type { Logger, Metrics } from '@shop/service-kit';
import type { Exclusively } from '../../db/exclusively.ts';
import type { ProductBatches } from '../../db/product-batches.ts';
import type { SearchIndex } from '../search-index.ts';
import { createSearchWithFallback } from '../search-with-fallback.ts';
import { createBulkWriter } from './bulk-writer.ts';
import { type Client, openClient } from './client.ts';
import {
  createElasticsearchSearchIndex,
  type ElasticsearchSearchIndex,
} from './elasticsearch-search-index.ts';
import { createIndexKeeper, type IndexKeeper } from './index-keeper.ts';
import { stateOf } from './index-names.ts';
import { startIndexer } from './indexer.ts';
import { rebuildIndex } from './rebuild.ts';
import type { ElasticsearchSettings } from './settings.ts';

export interface ElasticsearchEngineOptions {
  readonly settings: ElasticsearchSettings;
  readonly fallback: SearchIndex;
  readonly products: ProductBatches;
  readonly exclusively: Exclusively;
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly metrics?: Metrics;
  readonly eventMetrics?: EventMetrics;
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
  const { settings, fallback, bus, logger, metrics, eventMetrics } = options;
  let running: Running | undefined;
  const opened = () => {
    if (running === undefined) throw new Error('the search engine has not been started');
    return running;
  };
  const { index, check } = createSearchWithFallback({
    name: 'elasticsearch',
    remote: {
      usable: () => running?.keeper.usable() ?? false,
      check: (signal) => answers(opened().client, settings.index, signal),
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
      const client = await openClient(settings.url);
      const keeper = createKeeper(client, options);
      running = { client, keeper, index: createElasticsearchSearchIndex(client, settings.index) };
      keeper.start();
      const write = createBulkWriter(client, { index: settings.index, requireAlias: true });
      running.indexer = await startIndexer({
        bus,
        logger,
        write,
        ready: keeper.ready,
        metrics: eventMetrics,
      });
    },
    stop: async () => {
      await running?.keeper.stop();
      await running?.indexer?.close();
      await running?.client.close();
    },
  };
}

interface Running {
  readonly client: Client;
  readonly keeper: IndexKeeper;
  readonly index: ElasticsearchSearchIndex;
  indexer?: Subscription;
}

function createKeeper(client: Client, options: ElasticsearchEngineOptions): IndexKeeper {
  const { settings, products, exclusively, logger } = options;
  const { index: alias, replicas } = settings;
  return createIndexKeeper({
    stateOf: () => stateOf(client, alias),
    rebuild: (signal) => rebuildIndex({ client, alias, replicas, products, signal }),
    exclusively,
    logger,
  });
}

const answers = (client: Client, index: string, signal: AbortSignal) =>
  client.search({ index, size: 0, terminate_after: 1 }, { signal });
