import { currentUser } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { removeCheckout, saveCheckout } from '../services/cart-checkout.service.ts';
import type { OrderDeps } from '../services/deps.ts';
import { parser } from './validation.ts';

const parseCheckout = parser('CheckoutRequest');

export function deliveryRoutes(deps: OrderDeps): Router {
  const router = Router();

  router.get('/delivery-methods', (_req, res: Response<Schemas['DeliveryMethodList']>) => {
    res.json({ items: deps.config.deliveryMethods });
  });

  router.put('/cart/checkout', async (req, res: Response<Schemas['CheckoutSaved']>) => {
    res.json(await saveCheckout(currentUser(res).id, parseCheckout(req.body), deps));
  });

  router.delete('/cart/checkout', async (_req, res) => {
    await removeCheckout(currentUser(res).id, deps);
    res.status(204).end();
  });

  return router;
}
