import { type EventBus, subscribe } from '@shop/messaging';
import {
  createHttpApp,
  createHttpServer,
  createMetrics,
  createReleasers,
  createRemoteKeys,
  createTokenVerifier,
  type Logger,
  type Service,
} from '@shop/service-kit';
import type { Express } from 'express';
import type Stripe from 'stripe';
import { createOrderClient } from './clients/order-client.ts';
import { createStripeClient } from './clients/stripe-client.ts';
import { createWebhookReader } from './clients/stripe-webhook.ts';
import { createStripeGateway } from './clients/stripePayment.ts';
import type { PaymentConfig } from './config.ts';
import { paymentRoutes } from './routes/payment.routes.ts';
import { webhookRoutes } from './routes/webhook.routes.ts';
import { createPaymentPublisher } from './services/broker.service.ts';
import { HandlePaymentCommand } from './services/payment-commands.service.ts';

export interface PaymentServiceDeps {
  readonly logger: Logger;
  /** Handed in open; the caller closes it after `stop`. */
  readonly bus: EventBus;
  /** Instead of a client made from the settings. */
  readonly stripe?: Stripe;
}

export interface PaymentService extends Service {
  readonly app: Express;
}

const name = 'payment_service';

/** payment_service: stateless between Stripe, which knows the money, and order_service, which knows the order. */
export function createPaymentService(config: PaymentConfig, deps: PaymentServiceDeps): PaymentService {
  const { logger, bus } = deps;
  const stripe =
    deps.stripe ?? createStripeClient({ secretKey: config.stripeSecretKey, apiUrl: config.stripeApiUrl });
  const gateway = createStripeGateway(stripe);
  const publish = createPaymentPublisher({ bus });
  const releasers = createReleasers(logger);
  let draining = false;

  const verifier = createTokenVerifier({
    keys: createRemoteKeys({ url: config.jwksUrl, logger }),
    issuer: config.jwtIssuer,
    audience: config.jwtAudience,
  });
  const orders = createOrderClient(config.orderServiceUrl);
  const readWebhook = createWebhookReader(stripe, config.stripeWebhookSecrets);
  const publishableKey = config.stripePublishableKey;
  const app = createHttpApp({
    logger,
    metrics: createMetrics(name),
    health: { required: {}, optional: { events: () => bus.check() }, draining: () => draining },
    corsOrigins: config.corsOrigins,
    trustProxy: config.trustProxy,
    rawRoutes: [webhookRoutes({ readWebhook, gateway, publish })],
    routes: [paymentRoutes({ verifier, gateway, orders, publish, publishableKey })],
  });

  async function open(): Promise<{ port: number }> {
    const handle = (event: Parameters<typeof HandlePaymentCommand>[0]) =>
      HandlePaymentCommand(event, gateway, { publish });
    const commands = await subscribe({ bus, group: name, topic: 'PaymentEvents', handle, logger });
    releasers.add('commands', () => commands.close());
    const server = createHttpServer({ app, port: config.port, host: config.host });
    const port = await server.start();
    releasers.add('http server', () => server.stop());
    return { port };
  }

  return {
    app,
    start: async () => {
      try {
        return await open();
      } catch (error) {
        await releasers.releaseAll();
        throw error;
      }
    },
    stop: async () => {
      draining = true;
      await releasers.releaseAll();
    },
  };
}
