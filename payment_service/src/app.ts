import { createEventMetrics, type EventBus } from '@shop/messaging';
import {
  createHttpService,
  createMetrics,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  type Service,
} from '@shop/service-kit';
import type { Express, RequestHandler } from 'express';
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
import { webhookRoutes } from './routes/webhook.routes.ts';
import { createPaymentPublisher } from './services/broker.service.ts';

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

const name = 'payment_service';

/** payment_service: stateless between Stripe, which knows the money, and order_service, which knows the order. */
export function createPaymentService(
  config: PaymentConfig,
  deps: PaymentServiceDeps,
): Service & { readonly app: Express } {
  const { logger, bus } = deps;
  const stripe =
    deps.stripe ?? createStripeClient({ secretKey: config.stripeSecretKey, apiUrl: config.stripeApiUrl });
  const serviceMetrics = createMetrics(name);
  const metrics = createPaymentMetrics(serviceMetrics.registry);
  const gateway = createStripeGateway(
    stripe,
    createStripeCalls({ metrics, serviceMetrics, limits: deps.stripeLimits }),
  );
  const eventMetrics = createEventMetrics(serviceMetrics.registry);
  const publish = createPaymentPublisher({ bus, metrics, eventMetrics });

  const verifier = createTokenVerifier({
    keys: createRemoteKeys({ url: config.jwksUrl, logger }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
  const orders = createOrderClient(config.orderServiceUrl, serviceMetrics);
  const readWebhook = createWebhookReader(stripe, config.stripeWebhookSecret, metrics);
  const publishableKey = config.stripePublishableKey;
  return createHttpService({
    config,
    logger,
    metrics: serviceMetrics,
    document,
    observer: deps.observer,
    health: { required: {}, optional: { events: () => bus.check() } },
    rawRoutes: [webhookRoutes({ readWebhook, gateway, publish, metrics, logger })],
    routes: [paymentRoutes({ verifier, gateway, orders, publish, publishableKey })],
    open: async (closeLater) => {
      const consumer = await consumePaymentEvents({
        deps: { gateway, publish, logger },
        bus,
        giveUpAfterMs: config.eventRetryLimitMs,
        logger,
        metrics: eventMetrics,
      });
      closeLater('payment events', consumer.close);
    },
  });
}
