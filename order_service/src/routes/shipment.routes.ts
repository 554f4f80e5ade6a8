import { actorOf, currentUser, integer, requireAdmin } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import type { OrderDeps } from '../services/deps.ts';
import { changeShipment, createShipment } from '../services/shipment.service.ts';
import { idempotentRequest } from './idempotent-request.ts';
import { requirePossible } from './order.routes.ts';
import { parser } from './validation.ts';

const parseRequest = parser('ShipmentRequest');
const parseChange = parser('ShipmentChange');
const parseShipmentId = parser('Id', 'shipmentId');

export function shipmentRoutes(deps: OrderDeps): Router {
  const router = Router();

  router.post(
    '/orders/:orderNumber/shipments',
    requireAdmin('orders:write'),
    async (req, res: Response<Schemas['ShipmentSaved']>) => {
      const orderNumber = String(req.params['orderNumber']);
      // Not before: who may not ask is told nothing of the number.
      requirePossible(orderNumber);
      const wanted = parseRequest(req.body);
      const { carrier, tracking } = wanted;
      const lines = wanted.lines?.map(({ productId, qty }) => ({ productId, qty }));
      const content = { orderNumber, lines, carrier, tracking };
      const request = idempotentRequest(req, currentUser(res).id, content);
      const saved = await createShipment(orderNumber, wanted, request, {
        ...deps,
        by: actorOf(req, res),
      });
      res
        .status(201)
        .location(`/orders/${orderNumber}`)
        .json({ message: 'Shipment created', ...saved });
    },
  );

  router.patch(
    '/orders/:orderNumber/shipments/:shipmentId',
    requireAdmin('orders:write'),
    async (req, res: Response<Schemas['ShipmentSaved']>) => {
      const orderNumber = String(req.params['orderNumber']);
      requirePossible(orderNumber);
      const id = parseShipmentId(integer(req.params['shipmentId']));
      const saved = await changeShipment(orderNumber, id, parseChange(req.body), {
        ...deps,
        by: actorOf(req, res),
      });
      res.json({ message: 'Shipment changed', ...saved });
    },
  );

  return router;
}
