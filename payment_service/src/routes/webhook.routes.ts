import { Router, raw } from 'express';
import type { ReadWebhook } from '../clients/stripe-webhook.ts';
import type { PaymentGateway } from '../domain/payment.ts';
import type { PublishPayment } from '../services/broker.service.ts';
import { HandlePaymentWebhook } from '../services/payment-webhook.service.ts';

export interface WebhookRoutesDeps {
  readonly readWebhook: ReadWebhook;
  readonly gateway: PaymentGateway;
  readonly publish: PublishPayment;
}

/** Needs the body's bytes as they came: the signature is over them. Any 5xx makes Stripe send it again. */
export function webhookRoutes({ readWebhook, gateway, publish }: WebhookRoutesDeps): Router {
  const router = Router();
  router.post('/webhooks/stripe', raw({ type: () => true, limit: '100kb' }), async (req, res) => {
    const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
    const paymentId = readWebhook(body, req.get('stripe-signature') ?? '');
    const published =
      paymentId !== undefined && (await HandlePaymentWebhook(paymentId, gateway, { publish }));
    res.json({ received: true, published });
  });
  return router;
}
