import { type Response, Router, raw } from 'express';
import type { ReadWebhook } from '../clients/stripe-webhook.ts';
import type { Schemas } from '../generated/openapi.ts';
import type { PaymentDeps } from '../services/deps.ts';
import { handleWebhook } from '../services/payment-webhook.service.ts';

/** Needs the body's bytes as they came: the signature is over them. Any 5xx makes Stripe send it again. */
export function webhookRoutes(readWebhook: ReadWebhook, deps: PaymentDeps): Router {
  const router = Router();
  router.post(
    '/webhooks/stripe',
    raw({ type: () => true, limit: '100kb' }),
    async (req, res: Response<Schemas['WebhookReply']>) => {
      const body = Buffer.isBuffer(req.body) ? req.body : Buffer.alloc(0);
      const hint = readWebhook(body, req.get('stripe-signature') ?? '');
      const published = hint !== undefined && (await handleWebhook(hint, deps));
      res.json({ received: true, published });
    },
  );
  return router;
}
