import { createEventMetrics, createOutboxRelay, type EventBus } from '@shop/messaging';
import {
  checkWrites,
  createAuditTrail,
  createHttpService,
  createMetrics,
  createPeerToken,
  createPool,
  createRemoteVerifier,
  type Logger,
  limitChangesAtOnce,
  requireUser,
  schedule,
  watchPool,
} from '@shop/service-kit';
import { type RequestHandler, Router } from 'express';
import { createAuditClient } from './clients/audit-client.ts';
import { createCatalogClient } from './clients/catalog-client.ts';
import { createPaymentClient } from './clients/payment-client.ts';
import { createTimelineClient } from './clients/timeline-client.ts';
import type { OrderConfig } from './config.ts';
import { consumeOrderEvents } from './consumers/order-events.consumer.ts';
import { createCartRepository } from './db/cart.repository.ts';
import { createCustomerRepository } from './db/customer.repository.ts';
import { createDisputeRepository } from './db/dispute.repository.ts';
import { createIdempotencyRepository } from './db/idempotency.repository.ts';
import { createOrderRepository } from './db/order.repository.ts';
import { createTimelineRepository } from './db/timeline.repository.ts';
import { document } from './generated/openapi.ts';
import { createOrderMetrics } from './metrics.ts';
import { auditRoutes } from './routes/audit.routes.ts';
import { cartRoutes } from './routes/cart.routes.ts';
import { customerRoutes } from './routes/customer.routes.ts';
import { deliveryRoutes } from './routes/delivery.routes.ts';
import { orderRoutes } from './routes/order.routes.ts';
import { orderStreamRoutes } from './routes/order-stream.routes.ts';
import { paymentRoutes } from './routes/payment.routes.ts';
import { refundRoutes } from './routes/refund.routes.ts';
import { shipmentRoutes } from './routes/shipment.routes.ts';
import { timelineRoutes } from './routes/timeline.routes.ts';
import type { OrderDeps } from './services/deps.ts';
import { createOrderStreams } from './services/order-streams.service.ts';
import { sweepOrders } from './services/order-sweep.service.ts';

export interface OrderServiceDeps {
  readonly logger: Logger;
  /** Handed in open; the caller closes it after `stop`. */
  readonly bus: EventBus;
  /** Sees every request first: how tests hold the replies against `openapi.yaml`. */
  readonly observer?: RequestHandler;
}

const name = 'order_service';

/** The composition root: the service as production and the tests run it. */
export function createOrderService(config: OrderConfig, { bus, logger, observer }: OrderServiceDeps) {
  const { catalogServiceUrl, paymentServiceUrl } = config;
  const metrics = createMetrics(name);
  const eventMetrics = createEventMetrics(metrics.registry);
  const pool = createPool({ url: config.databaseUrl, name, schema: 'orders', logger, metrics });
  const poolWatch = watchPool(pool);
  const relay = createOutboxRelay({ pool, bus, logger, metrics: eventMetrics });
  const orders = createOrderRepository(pool);
  const idempotency = createIdempotencyRepository(pool);
  const disputes = createDisputeRepository(pool);
  const streams = createOrderStreams(orders, config, logger);
  const deps: OrderDeps = {
    config,
    logger,
    metrics: createOrderMetrics(metrics.registry, { orders, disputes, streams, logger }),
    db: { pool, eventsAdded: relay.nudge },
    carts: createCartRepository(pool),
    orders,
    disputes,
    idempotency,
    catalog: createCatalogClient(catalogServiceUrl, metrics),
    payments: createPaymentClient(paymentServiceUrl, metrics, () =>
      createPeerToken(config.serviceSecrets, name, 'payment_service'),
    ),
    streams,
    audit: createAuditTrail({ logger, pool, days: config.auditDays, purgeMs: config.purgeMs }),
  };
  const verifier = createRemoteVerifier({ name, config, logger, metrics });

  return createHttpService({
    config,
    logger,
    metrics,
    document,
    audit: deps.audit,
    observer,
    health: {
      alive: { database: () => !poolWatch.isStuck() },
      required: { postgres: () => checkWrites(pool) },
      optional: { events: () => bus.check() },
    },
    routes: [
      Router().use(['/cart', '/orders', '/payments', '/audit'], requireUser(verifier)),
      Router().use(['/cart', '/orders'], limitChangesAtOnce(config.changesAtOnce)),
      deliveryRoutes(deps),
      cartRoutes(deps, verifier),
      orderRoutes(deps),
      shipmentRoutes(deps),
      orderStreamRoutes(deps),
      paymentRoutes(deps),
      refundRoutes(deps),
      customerRoutes(createCustomerRepository(pool), config),
      auditRoutes({
        ...deps,
        others: [
          createAuditClient('user_service', config.userServiceUrl, metrics),
          createAuditClient('catalog_service', catalogServiceUrl, metrics),
        ],
      }),
      timelineRoutes({
        logger,
        orders,
        timeline: createTimelineRepository(pool),
        catalog: createTimelineClient('catalog_service', catalogServiceUrl, metrics),
        payment: createTimelineClient('payment_service', paymentServiceUrl, metrics),
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
        schedule(config.purgeMs, idempotency.deleteExpired, logger),
      ];
      closeLater('periodic jobs', () => Promise.all(jobs.map((job) => job.stop())));
      streams.start();
    },
    endWaiting: streams.stop,
  });
}
