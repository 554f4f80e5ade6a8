import { createEventMetrics, createOutboxRelay, type EventBus } from '@shop/messaging';
import {
  auditPartRoutes,
  checkWrites,
  createAuditTrail,
  createCounter,
  createHttpService,
  createMetrics,
  createPool,
  createRemoteVerifier,
  type Logger,
  requireAdministrator,
  requireUser,
  type Service,
  watchPool,
  withAdvisoryLock,
} from '@shop/service-kit';
import type { Express, RequestHandler } from 'express';
import type { CatalogConfig } from './config.ts';
import { consumeCatalogEvents } from './consumers/catalog-events.consumer.ts';
import { consumeProductEvents } from './consumers/product-events.consumer.ts';
import { createAllProductsRepository } from './db/all-products.repository.ts';
import { createPrisma, schema } from './db/prisma.ts';
import { createProductReads } from './db/product-reads.ts';
import { createTimelineRepository } from './db/timeline.repository.ts';
import type { SearchIndex } from './domain/search-index.ts';
import { document } from './generated/openapi.ts';
import { groupRoutes } from './routes/group.routes.ts';
import { importRoutes } from './routes/import.routes.ts';
import { productRoutes } from './routes/product.routes.ts';
import { timelineRoutes } from './routes/timeline.routes.ts';
import { createElasticsearchEngine } from './search/elasticsearch/engine.ts';
import { reindexLock } from './search/elasticsearch/indices.ts';
import { createPostgresSearchIndex } from './search/postgres/postgres-search-index.ts';
import { seedDemoProducts } from './seed/demo-products.ts';
import type { CatalogDeps } from './services/catalog.service.ts';

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
  const postgresSearch = createPostgresSearchIndex(pool);
  const { elasticsearch: settings } = config;
  const elasticsearch =
    settings &&
    createElasticsearchEngine({
      settings,
      fallback: postgresSearch,
      products: createAllProductsRepository(prisma),
      withReindexLock: (work) => withAdvisoryLock(pool, reindexLock(settings.index), work),
      consume: (write) => consumeProductEvents({ bus, logger, write, metrics: eventMetrics }),
      logger,
      metrics,
    });
  const audit = createAuditTrail({ logger, pool, days: config.auditDays });
  const deps: CatalogDeps = {
    db: {
      prisma,
      pool,
      afterCommit: relay.nudge,
      countMovements: (reason, count) => movements.inc({ reason }, count),
    },
    products: createProductReads(pool),
    search: search ?? elasticsearch?.index ?? postgresSearch,
  };
  const tokens = createRemoteVerifier({ name, config, logger, metrics });
  return createHttpService({
    config,
    logger,
    metrics,
    document,
    audit,
    observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { database: () => checkWrites(pool) },
      optional: {
        events: () => bus.check(),
        ...(elasticsearch && { elasticsearch: elasticsearch.check }),
      },
    },
    rawRoutes: [
      importRoutes({ db: deps.db, audit, tokens, defaultCurrency: config.defaultCurrency, logger }),
    ],
    routes: [
      productRoutes({ deps: { ...deps, audit }, tokens, defaultCurrency: config.defaultCurrency }),
      groupRoutes(deps),
      timelineRoutes(tokens, createTimelineRepository(pool)),
      auditPartRoutes(audit, document, [requireUser(tokens), requireAdministrator]),
    ],
    open: async (closeLater) => {
      closeLater('database', async () => {
        await prisma.$disconnect();
        await pool.end();
      });
      if (config.shopDemo) await seedDemoProducts(config, deps.db);
      closeLater('outbox relay', relay.stop);
      relay.start();
      const subscription = await consumeCatalogEvents({
        deps,
        bus,
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
