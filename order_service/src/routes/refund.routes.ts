import { actorOf, currentUser, requireAdmin } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import type { OrderDeps } from '../services/deps.ts';
import { refundOrder } from '../services/refund.service.ts';
import { idempotentRequest } from './idempotent-request.ts';
import { requirePossible } from './order.routes.ts';
import { parser } from './validation.ts';

const parseRequest = parser('RefundRequest');

export function refundRoutes(deps: OrderDeps): Router {
  const router = Router();
  router.post(
    '/orders/:orderNumber/refunds',
    requireAdmin('orders:write'),
    async (req, res: Response<Schemas['RefundAsked']>) => {
      const orderNumber = String(req.params['orderNumber']);
      requirePossible(orderNumber);
      const wanted = parseRequest(req.body);
      // The same key for another order is another request.
      const { lines, amount, reason } = wanted;
      const request = idempotentRequest(req, currentUser(res).id, {
        orderNumber,
        lines: lines?.map(({ productId, qty, restock }) => [productId, qty, restock]),
        amount,
        reason,
      });
      const refund = await refundOrder(orderNumber, wanted, request, {
        ...deps,
        by: actorOf(req, res),
      });
      res.status(202).json({ message: 'Refund asked for', refund });
    },
  );
  return router;
}
