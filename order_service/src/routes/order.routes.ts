import { fields } from '@shop/contracts';
import { actorOf, addressOf, allowScope, currentUser } from '@shop/service-kit';
import { type RequestParamHandler, type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from '../services/deps.ts';
import { CheckoutOrder, CreateOrder, cancelOrder, getOrder } from '../services/order.service.ts';
import { listOrders } from '../services/order-list.service.ts';
import { viewOrderWithHistory } from '../services/order-view.ts';
import { idempotentRequest } from './idempotent-request.ts';
import { parser, queryParser } from './validation.ts';

const parseRequest = parser('OrderRequest');
const parseQuery = queryParser('OrderQuery');

export function orderRoutes(deps: OrderDeps): Router {
  const { orders, carts } = deps;
  const router = Router();
  router.param('orderNumber', refuseImpossible);

  router.post('/orders', async (req, res: Response<Schemas['OrderCreated']>) => {
    const agreed = parseRequest(req.body === undefined ? {} : req.body);
    const { amount, currency } = agreed;
    const { id, role } = currentUser(res);
    const request = idempotentRequest(req, id, { amount, currency });
    const guestAddress = role === 'guest' ? addressOf(req) : null;
    const order = await CreateOrder(id, orders, carts, { ...deps, agreed, request, guestAddress });
    const { orderNumber } = order;
    res.status(201).location(`/orders/${orderNumber}`).json({ message: 'Order created', orderNumber, order });
  });

  router.get('/orders', allowScope('orders:read'), async (req, res: Response<Schemas['OrderPage']>) => {
    res.json(await listOrders(parseQuery(req.query), currentUser(res), deps));
  });

  router.get(
    '/orders/:orderNumber',
    allowScope('orders:read'),
    async (req, res: Response<Schemas['OrderWithHistory']>) => {
      const user = currentUser(res);
      const order = await getOrder(String(req.params['orderNumber']), user, deps);
      // Unlike other replies it may be kept: to ask whether it has changed then costs no body.
      res.set('Cache-Control', 'private, no-cache').json(viewOrderWithHistory(order, user));
    },
  );

  router.get('/orders/:orderNumber/checkout', async (req, res: Response<Schemas['Checkout']>) => {
    res.json(await CheckoutOrder(req.params.orderNumber, orders, currentUser(res)));
  });

  router.post(
    '/orders/:orderNumber/cancel',
    allowScope('orders:write'),
    async (req, res: Response<Schemas['OrderCancelled']>) => {
      const user = currentUser(res);
      const order = await cancelOrder(String(req.params['orderNumber']), user, {
        ...deps,
        by: actorOf(req, res),
      });
      res.json({ message: 'Order cancelled', order: viewOrderWithHistory(order, user) });
    },
  );

  return router;
}

const wellFormed = new RegExp(fields.orderNumber.pattern);

export const refuseImpossible: RequestParamHandler = (_req, _res, next, orderNumber) => {
  requirePossible(orderNumber);
  next();
};

/** What cannot be an order number is the number of no order; PostgreSQL refuses to look for some of them. */
export function requirePossible(orderNumber: string): void {
  if (!wellFormed.test(orderNumber)) throw problem('order-not-found');
}
