import { currentUser } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from '../services/deps.ts';

/** For payment_service, with the token of its caller: it asks Stripe for no payment that is of no order. */
export function paymentRoutes({ orders }: OrderDeps): Router {
  const router = Router();
  router.get('/payments/:paymentId', async (req, res: Response<Schemas['PaymentOwner']>) => {
    const orderNumber = await orders.findByPayment(currentUser(res).id, req.params.paymentId);
    if (orderNumber === undefined) throw problem('payment-not-found');
    res.json({ orderNumber });
  });
  return router;
}
