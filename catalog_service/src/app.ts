import { createEventMetrics, createOutboxRelay, type EventBus, subscribe } from '@shop/messaging';
import {
  createCounter,
  createHttpService,
  createMetrics,
  createPool,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  type Service,
  watchPool,
} from '@shop/service-kit';
import type { Express, RequestHandler } from 'express';
import type { CatalogConfig } from './config.ts';
import { consumeProductEvents } from './consumers/product-events.consumer.ts';
import { createExclusively } from './db/exclusively.ts';
import { createPrisma, schema } from './db/prisma.ts';
import { createProductBatches } from './db/product-batches.ts';
import { createProductReads } from './db/product-reads.ts';
import { createRunTransaction } from './db/transaction.ts';
import { document } from './openapi.ts';
import { productRoutes } from './routes/product.routes.ts';
import { createElasticsearchEngine } from './search/elasticsearch/engine.ts';
import { reindexLock } from './search/elasticsearch/indices.ts';
import { createPostgresSearchIndex } from './search/postgres/postgres-search-index.ts';
import type { SearchIndex } from './search/search-index.ts';
import { seedProducts } from './seed/seed-products.ts';
import { type CatalogDeps, handleBrokerMessage } from './services/catalog.service.ts';

export interface CatalogServiceDeps {
  readonly logger: Logger;
  /** Opened and closed by the caller. */
  readonly bus: EventBus;
  /** Elasticsearch where the settings name one, else PostgreSQL's own full text. */
  readonly search?: SearchIndex;
  /** For tests: sees every request before anything else does. */
  readonly observer?: RequestHandler;
}

const name = 'catalog_service';

export function createCatalogService(
  config: CatalogConfig,
  { logger, bus, search, observer }: CatalogServiceDeps,
): Service & { readonly app: Express } {
  const metrics = createMetrics(name);
  const eventMetrics = createEventMetrics(metrics.registry);
  const pool = createPool({ url: config.databaseUrl, name, schema, logger, metrics });
  const poolWatch = watchPool(pool);
  const movements = createCounter(metrics.registry, {
    name: 'stock_movements_total',
    help: 'Changes of stock, by why it changed.',
    labelNames: ['reason'],
  });
  const prisma = createPrisma(pool);
  const relay = createOutboxRelay({ pool, bus, logger, metrics: eventMetrics });
  const postgresSearch = createPostgresSearchIndex(prisma);
  const elasticsearch =
    config.elasticsearch &&
    createElasticsearchEngine({
      settings: config.elasticsearch,
      fallback: postgresSearch,
      products: createProductBatches(prisma),
      exclusively: createExclusively(pool, reindexLock(config.elasticsearch.index)),
      consume: (write) => consumeProductEvents({ bus, logger, write, metrics: eventMetrics }),
      logger,
      metrics,
    });
  const deps: CatalogDeps = {
    transaction: createRunTransaction({
      prisma,
      afterCommit: relay.nudge,
      stockMoved: (reason, count) => movements.inc({ reason }, count),
    }),
    products: createProductReads(prisma),
    search: search ?? elasticsearch?.index ?? postgresSearch,
  };
  const keys = createRemoteKeys({ url: config.jwksUrl, logger });
  const tokens = createTokenVerifier({ keys, issuer: config.jwtIssuer, audience: config.jwtAudience });
  return createHttpService({
    config,
    logger,
    metrics,
    document,
    observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { database: () => pool.query('SELECT 1') },
      optional: {
        events: () => bus.check(),
        ...(elasticsearch && { elasticsearch: elasticsearch.check }),
      },
    },
    routes: [productRoutes({ deps, tokens, defaultCurrency: config.defaultCurrency })],
    open: async (closeLater) => {
      closeLater('database', async () => {
        await prisma.$disconnect();
        await pool.end();
      });
      if (config.shopDemo) await seedProducts(config.defaultCurrency, deps.transaction);
      closeLater('outbox relay', relay.stop);
      relay.start();
      const subscription = await subscribe({
        bus,
        group: name,
        topic: 'CatalogEvents',
        handle: (event) => handleBrokerMessage(event, deps),
        giveUpAfterMs: config.eventRetryLimitMs,
        logger,
        metrics: eventMetrics,
      });
      closeLater('subscription', subscription.close);
      if (elasticsearch === undefined) return;
      closeLater('search engine', elasticsearch.stop);
      await elasticsearch.start();
    },
  });
}
