import { createOutboxRelay, type EventBus, subscribe } from '@shop/messaging';
import {
  createHttpApp,
  createHttpServer,
  createMetrics,
  createPool,
  createReleasers,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  type Service,
} from '@shop/service-kit';
import type { Express } from 'express';
import type { CatalogConfig } from './config.ts';
import { createPrisma, schema } from './db/prisma.ts';
import { createProductReads } from './db/product-reads.ts';
import { createRunTransaction } from './db/transaction.ts';
import { productRoutes } from './routes/product.routes.ts';
import { createPostgresSearchIndex } from './search/postgres-search-index.ts';
import type { SearchIndex } from './search/search-index.ts';
import { seedProducts } from './seed/seed-products.ts';
import { type CatalogDeps, handleBrokerMessage } from './services/catalog.service.ts';

export interface CatalogServiceDeps {
  readonly logger: Logger;
  /** Opened and closed by the caller. */
  readonly bus: EventBus;
  /** PostgreSQL's own full text by default. */
  readonly search?: SearchIndex;
}

const name = 'catalog_service';

export function createCatalogService(
  config: CatalogConfig,
  { logger, bus, search }: CatalogServiceDeps,
): Service & { readonly app: Express } {
  const pool = createPool({ url: config.databaseUrl, name, schema, logger });
  const prisma = createPrisma(pool);
  const relay = createOutboxRelay({ pool, bus, logger });
  const deps: CatalogDeps = {
    transaction: createRunTransaction({ prisma, afterCommit: relay.nudge }),
    products: createProductReads(prisma),
    search: search ?? createPostgresSearchIndex(prisma),
  };
  const keys = createRemoteKeys({ url: config.jwksUrl, logger });
  const tokens = createTokenVerifier({ keys, issuer: config.jwtIssuer, audience: config.jwtAudience });
  let draining = false;
  const app = createHttpApp({
    logger,
    metrics: createMetrics(name),
    health: {
      required: { database: () => pool.query('SELECT 1') },
      optional: { events: () => bus.check() },
      draining: () => draining,
    },
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    routes: [productRoutes({ deps, tokens, defaultCurrency: config.defaultCurrency })],
  });
  const server = createHttpServer({ app, port: config.port, host: config.host });
  const releasers = createReleasers(logger);

  async function open(): Promise<number> {
    releasers.add('database', async () => {
      await prisma.$disconnect();
      await pool.end();
    });
    if (config.demo) await seedProducts(config.defaultCurrency, deps.transaction);
    releasers.add('outbox relay', relay.stop);
    relay.start();
    const handle = (message: Parameters<typeof handleBrokerMessage>[0]) => handleBrokerMessage(message, deps);
    const subscription = await subscribe({ bus, group: name, topic: 'CatalogEvents', handle, logger });
    releasers.add('subscription', subscription.close);
    releasers.add('HTTP server', server.stop);
    return server.start();
  }

  async function stop(): Promise<void> {
    draining = true;
    await releasers.releaseAll();
  }

  async function start() {
    try {
      return { port: await open() };
    } catch (error) {
      await stop();
      throw error;
    }
  }

  return { app, start, stop };
}
