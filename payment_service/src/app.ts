import { createEventMetrics, type EventBus } from '@shop/messaging';
import {
  createHttpService,
  createMetrics,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
} from '@shop/service-kit';
import type { RequestHandler } from 'express';
import type Stripe from 'stripe';
import { createOrderClient } from './clients/order-client.ts';
import { createStripeCalls, type StripeLimits } from './clients/stripe-calls.ts';
import { createStripeClient } from './clients/stripe-client.ts';
import { createWebhookReader } from './clients/stripe-webhook.ts';
import { createStripeGateway } from './clients/stripePayment.ts';
import type { PaymentConfig } from './config.ts';
import { consumePaymentEvents } from './consumers/payment-events.consumer.ts';
import { document } from './generated/openapi.ts';
import { createPaymentMetrics } from './metrics.ts';
import { paymentRoutes } from './routes/payment.routes.ts';
import { timelineRoutes } from './routes/timeline.routes.ts';
import { webhookRoutes } from './routes/webhook.routes.ts';
import { createPaymentPublisher } from './services/broker.service.ts';
import type { PaymentDeps } from './services/deps.ts';

export interface PaymentServiceDeps {
  readonly logger: Logger;
  /** Handed in open; the caller closes it after `stop`. */
  readonly bus: EventBus;
  /** Instead of a client made from the settings. */
  readonly stripe?: Stripe;
  /** Instead of the usual ones. */
  readonly stripeLimits?: StripeLimits;
  /** Sees every request first: how tests hold the replies against the document. */
  readonly observer?: RequestHandler;
}

/** payment_service: stateless between Stripe, which knows the money, and order_service, which knows the order. */
export function createPaymentService(
  config: PaymentConfig,
  { logger, bus, observer, stripe = createStripeClient(config), stripeLimits }: PaymentServiceDeps,
) {
  const metrics = createMetrics('payment_service');
  const eventMetrics = createEventMetrics(metrics.registry);
  const paymentMetrics = createPaymentMetrics(metrics.registry);
  const calls = createStripeCalls(stripe, paymentMetrics, metrics, stripeLimits);
  const deps: PaymentDeps = {
    config,
    logger,
    metrics: paymentMetrics,
    gateway: createStripeGateway(config.stripePublishableKey, calls),
    orders: createOrderClient(config.orderServiceUrl, metrics),
    publish: createPaymentPublisher({ bus, metrics: paymentMetrics, eventMetrics }),
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
    health: { required: {}, optional: { events: () => bus.check() } },
    rawRoutes: [webhookRoutes(createWebhookReader(stripe, config.stripeWebhookSecret, paymentMetrics), deps)],
    routes: [paymentRoutes(verifier, deps), timelineRoutes(verifier, deps.gateway)],
    open: async (closeLater) => {
      const consumer = await consumePaymentEvents(bus, eventMetrics, deps);
      closeLater('payment events', consumer.close);
    },
  });
}
