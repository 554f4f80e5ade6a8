import { createEventMetrics, type EventBus } from '@shop/messaging';
import {
  createAuditTrail,
  createHttpService,
  createMetrics,
  createRemoteVerifier,
  type Logger,
} from '@shop/service-kit';
import type { RequestHandler } from 'express';
import type Stripe from 'stripe';
import { createOrderClient } from './clients/order-client.ts';
import { callerLimits, createStripeCalls, eventLimits, type StripeLimits } from './clients/stripe-calls.ts';
import { createStripeClient } from './clients/stripe-client.ts';
import { createWebhookReader } from './clients/stripe-webhook.ts';
import { createStripeGateway } from './clients/stripePayment.ts';
import type { PaymentConfig } from './config.ts';
import { consumePaymentEvents } from './consumers/payment-events.consumer.ts';
import { document } from './generated/openapi.ts';
import { createPaymentMetrics } from './metrics.ts';
import { paymentRoutes } from './routes/payment.routes.ts';
import { paymentFactsRoutes } from './routes/payment-facts.routes.ts';
import { timelineRoutes } from './routes/timeline.routes.ts';
import { webhookRoutes } from './routes/webhook.routes.ts';
import { createDisputePublisher, createPaymentPublisher } from './services/broker.service.ts';
import type { PaymentDeps } from './services/deps.ts';

export interface PaymentServiceDeps {
  readonly logger: Logger;
  /** Handed in open; the caller closes it after `stop`. */
  readonly bus: EventBus;
  /** Instead of a client made from the settings. */
  readonly stripe?: Stripe;
  /** Instead of the usual ones, of requests and of events. */
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
  const beginCalls = createStripeCalls(stripe, paymentMetrics, metrics);
  const gatewayWithin = (limits: StripeLimits) =>
    createStripeGateway(config.stripePublishableKey, () => beginCalls(stripeLimits ?? limits));
  const deps: PaymentDeps = {
    config,
    logger,
    metrics: paymentMetrics,
    gateway: gatewayWithin(callerLimits),
    orders: createOrderClient(config.orderServiceUrl, metrics),
    publish: createPaymentPublisher({ bus, metrics: paymentMetrics, eventMetrics }),
    publishDispute: createDisputePublisher({ bus, eventMetrics }),
  };
  const verifier = createRemoteVerifier({ name: 'payment_service', config, logger, metrics });

  return createHttpService({
    config,
    logger,
    metrics,
    document,
    audit: createAuditTrail({ logger }),
    observer,
    health: { required: {}, optional: { events: () => bus.check() } },
    rawRoutes: [webhookRoutes(createWebhookReader(stripe, config.stripeWebhookSecret, paymentMetrics), deps)],
    routes: [paymentRoutes(verifier, deps), paymentFactsRoutes(deps), timelineRoutes(verifier, deps.gateway)],
    open: async (closeLater) => {
      const patient = { ...deps, gateway: gatewayWithin(eventLimits) };
      const consumer = await consumePaymentEvents(bus, eventMetrics, patient);
      closeLater('payment events', consumer.close);
    },
  });
}
