import { createEventMetrics, createOutboxRelay, type EventBus } from '@shop/messaging';
import {
  createHttpService,
  createMetrics,
  createPool,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  requireUser,
  watchPool,
} from '@shop/service-kit';
import { type RequestHandler, Router } from 'express';
import { createCatalogClient } from './clients/catalog-client.ts';
import { createTimelineClient } from './clients/timeline-client.ts';
import type { OrderConfig } from './config.ts';
import { consumeOrderEvents } from './consumers/order-events.consumer.ts';
import { createCartRepository } from './db/cart.repository.ts';
import { createIdempotencyRepository } from './db/idempotency.repository.ts';
import { createOrderRepository } from './db/order.repository.ts';
import { createTimelineRepository } from './db/timeline.repository.ts';
import { document } from './generated/openapi.ts';
import { createOrderMetrics } from './metrics.ts';
import { cartRoutes } from './routes/cart.routes.ts';
import { orderRoutes } from './routes/order.routes.ts';
import { orderStreamRoutes } from './routes/order-stream.routes.ts';
import { timelineRoutes } from './routes/timeline.routes.ts';
import { schedule } from './scheduler.ts';
import type { OrderDeps } from './services/deps.ts';
import { createOrderStreams } from './services/order-streams.service.ts';
import { sweepOrders } from './services/order-sweep.service.ts';
import type { OrderView } from './services/order-view.ts';

export interface OrderServiceDeps {
  readonly logger: Logger;
  /** Handed in open; the caller closes it after `stop`. */
  readonly bus: EventBus;
  /** Sees every request first: how tests hold the replies against `openapi.yaml`. */
  readonly observer?: RequestHandler;
}

const name = 'order_service';
const hourMs = 3_600_000;

/** The composition root: the service as production and the tests run it. */
export function createOrderService(config: OrderConfig, { bus, logger, observer }: OrderServiceDeps) {
  const { catalogServiceUrl, paymentServiceUrl } = config;
  const metrics = createMetrics(name);
  const eventMetrics = createEventMetrics(metrics.registry);
  const pool = createPool({ url: config.databaseUrl, name, schema: 'orders', logger, metrics });
  const poolWatch = watchPool(pool);
  const relay = createOutboxRelay({ pool, bus, logger, metrics: eventMetrics });
  const orders = createOrderRepository(pool);
  const idempotency = createIdempotencyRepository<OrderView>(pool);
  const streams = createOrderStreams(orders, config, logger);
  const deps: OrderDeps = {
    config,
    logger,
    metrics: createOrderMetrics(metrics.registry, orders, streams, logger),
    db: { pool, eventsAdded: relay.nudge },
    carts: createCartRepository(pool),
    orders,
    idempotency,
    catalog: createCatalogClient(catalogServiceUrl, metrics),
    streams,
  };
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
      cartRoutes(deps),
      orderRoutes(deps),
      orderStreamRoutes(deps),
      timelineRoutes({
        logger,
        orders,
        timeline: createTimelineRepository(pool),
        catalog: createTimelineClient('catalog_service', catalogServiceUrl, metrics),
        payment: paymentServiceUrl
          ? createTimelineClient('payment_service', paymentServiceUrl, metrics)
          : undefined,
      }),
    ],
    open: async (closeLater) => {
      closeLater('database pool', () => pool.end());
      await pool.query('SELECT 1');
      relay.start();
      closeLater('outbox relay', relay.stop);
      const consumer = await consumeOrderEvents(bus, eventMetrics, deps);
      closeLater('order events', consumer.close);
      const jobs = [
        schedule(config.sweepMs, () => sweepOrders(deps), logger),
        schedule(hourMs, idempotency.deleteExpired, logger),
      ];
      closeLater('periodic jobs', () => Promise.all(jobs.map((job) => job.stop())));
      streams.start();
    },
    endStreams: streams.stop,
  });
}
