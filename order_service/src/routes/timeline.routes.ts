import { bearerToken, requireAdmin } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { getTimeline, type TimelineDeps } from '../services/order-timeline.service.ts';
import { requirePossible } from './order.routes.ts';

export function timelineRoutes(deps: TimelineDeps): Router {
  const router = Router();
  router.get(
    '/orders/:orderNumber/timeline',
    requireAdmin('orders:read'),
    async (req, res: Response<Schemas['Timeline']>) => {
      const orderNumber = String(req.params['orderNumber']);
      // Not before: who may not ask is told nothing of the number.
      requirePossible(orderNumber);
      res.json(await getTimeline(orderNumber, bearerToken(req), deps));
    },
  );
  return router;
}
