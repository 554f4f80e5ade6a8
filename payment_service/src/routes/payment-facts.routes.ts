import { requirePeer } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { PaymentDeps } from '../services/deps.ts';
import { readPaymentFacts } from '../services/payment.service.ts';

/** For order_service, which believes no event before it has asked here; the gateway does not pass it on. */
export function paymentFactsRoutes({ gateway, config }: PaymentDeps): Router {
  const router = Router();
  const service = requirePeer(config.serviceSecrets, ['order_service'], 'payment_service');
  router.get('/payments/:id', service, async (req, res: Response<Schemas['PaymentFacts']>) => {
    const { refunds } = req.query;
    if (refunds !== undefined && refunds !== 'all')
      throw problem('validation-failed', { errors: [{ field: 'refunds', message: 'must be "all"' }] });
    res.json(await readPaymentFacts(String(req.params['id']), gateway, { allRefunds: refunds === 'all' }));
  });
  return router;
}
