import { createEventMetrics, createOutboxRelay, type EventBus, subscribe } from '@shop/messaging';
import {
  createHttpService,
  createMetrics,
  createPool,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  requireUser,
  type Service,
  watchPool,
} from '@shop/service-kit';
import { type Express, type RequestHandler, Router } from 'express';
import { createCatalogClient } from './clients/catalog-client.ts';
import type { OrderConfig } from './config.ts';
import { createCartRepository } from './db/cart-repository.ts';
import { createIdempotencyRepository } from './db/idempotency-repository.ts';
import { createOrderRepository } from './db/order-repository.ts';
import { createInTransaction } from './db/transaction.ts';
import { every } from './jobs/every.ts';
import { createOrderMetrics } from './metrics.ts';
import { document } from './openapi.ts';
import { cartRoutes } from './routes/cart.routes.ts';
import { orderRoutes } from './routes/order.routes.ts';
import { orderEventsRoutes } from './routes/order-events.routes.ts';
import { HandleOrderEvent } from './services/order-life.ts';
import { createOrderStreams } from './services/order-streams.ts';
import { SweepOrders } from './services/order-sweep.ts';

export interface OrderServiceDeps {
  readonly logger: Logger;
  /** Opened and closed by whoever hands it in. */
  readonly bus: EventBus;
  /** Sees every request first: how tests hold the replies against the document. */
  readonly observer?: RequestHandler;
}

const name = 'order_service';
/** Stripe takes at most this much in one payment, in minor units. */
const maxOrderAmount = 99_999_999;
const hourMs = 3_600_000;

/** The composition root: the service as production and the tests run it. */
export function createOrderService(
  config: OrderConfig,
  deps: OrderServiceDeps,
): Service & { readonly app: Express } {
  const { bus, logger, observer } = deps;
  const { paymentWindowMs, paymentCheckMs, stockWindowMs } = config;

  const metrics = createMetrics(name);
  const eventMetrics = createEventMetrics(metrics.registry);
  const pool = createPool({ url: config.databaseUrl, name, schema: 'orders', logger, metrics });
  const poolWatch = watchPool(pool);
  const relay = createOutboxRelay({ pool, bus, logger, metrics: eventMetrics });
  const inTransaction = createInTransaction(pool, relay.nudge);
  const orders = createOrderRepository(pool, inTransaction);
  const carts = createCartRepository(pool, inTransaction);
  const idempotency = createIdempotencyRepository(pool);
  const catalog = createCatalogClient(config.catalogServiceUrl, metrics);
  const streams = createOrderStreams({
    orders,
    logger,
    pollMs: config.streamPollMs,
    heartbeatMs: config.streamHeartbeatMs,
    maxStreams: config.maxStreams,
  });
  const orderMetrics = createOrderMetrics({
    registry: metrics.registry,
    countByStatus: orders.countByStatus,
    countStreams: streams.count,
    logger,
  });
  const life = { logger, metrics: orderMetrics, streams, paymentWindowMs, paymentCheckMs };
  const amountRange = { min: config.minOrderAmount, max: maxOrderAmount };
  const creation = { catalog, amountRange, stockWindowMs, metrics: orderMetrics };
  const verifier = createTokenVerifier({
    keys: createRemoteKeys({ url: config.jwksUrl, logger }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });

  return createHttpService({
    config,
    logger,
    metrics,
    document,
    observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { postgres: () => pool.query('SELECT 1') },
      optional: { events: () => bus.check() },
    },
    routes: [
      Router().use(['/cart', '/orders'], requireUser(verifier)),
      cartRoutes(carts, { catalog }),
      orderRoutes({ orders, carts, idempotency, creation, life }),
      orderEventsRoutes(orders, streams),
    ],
    open: async (closeLater) => {
      closeLater('database pool', () => pool.end());
      await pool.query('SELECT 1');
      relay.start();
      closeLater('outbox relay', relay.stop);
      const subscription = await subscribe({
        bus,
        group: name,
        topic: 'OrderEvents',
        handle: (event) => HandleOrderEvent(event, orders, life),
        giveUpAfterMs: config.eventRetryLimitMs,
        logger,
        metrics: eventMetrics,
      });
      closeLater('subscription', subscription.close);
      const jobs = [
        every(config.sweepMs, () => SweepOrders(orders, life), logger),
        every(hourMs, idempotency.purge, logger),
      ];
      closeLater('periodic jobs', () => Promise.all(jobs.map((job) => job.stop())));
      streams.start();
    },
    endStreams: streams.stop,
  });
}
