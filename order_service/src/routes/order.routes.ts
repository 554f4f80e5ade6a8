import { createHash } from 'node:crypto';
import { fields } from '@shop/contracts';
import { currentUser } from '@shop/service-kit';
import { type Request, type RequestParamHandler, type Response, Router } from 'express';
import type { IdempotentRequest } from '../db/idempotency.repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import type { OrderDeps } from '../services/deps.ts';
import { CheckoutOrder, CreateOrder, cancelOrder, getOrder } from '../services/order.service.ts';
import { listOrders } from '../services/order-list.service.ts';
import { viewOrderWithHistory } from '../services/order-view.ts';
import { parser, queryParser } from './validation.ts';

const parseRequest = parser('OrderRequest');
const parseQuery = queryParser('OrderQuery');
const parseKey = parser('IdempotencyKey', 'Idempotency-Key');

export function orderRoutes(deps: OrderDeps): Router {
  const { orders, carts } = deps;
  const router = Router();
  router.param('orderNumber', refuseImpossible);

  router.post('/orders', async (req, res: Response<Schemas['OrderCreated']>) => {
    const agreed = parseRequest(req.body === undefined ? {} : req.body);
    const request = idempotentRequest(req, currentUser(res).id, agreed);
    const order = await CreateOrder(currentUser(res).id, orders, carts, { ...deps, agreed, request });
    const { orderNumber } = order;
    res.status(201).location(`/orders/${orderNumber}`).json({ message: 'Order created', orderNumber, order });
  });

  router.get('/orders', async (req, res: Response<Schemas['OrderPage']>) => {
    res.json(await listOrders(parseQuery(req.query), currentUser(res), deps));
  });

  router.get('/orders/:orderNumber', async (req, res: Response<Schemas['OrderWithHistory']>) => {
    const order = await getOrder(req.params.orderNumber, currentUser(res), deps);
    // Unlike other replies it may be kept: to ask whether it has changed then costs no body.
    res.set('Cache-Control', 'private, no-cache').json(viewOrderWithHistory(order));
  });

  router.get('/orders/:orderNumber/checkout', async (req, res: Response<Schemas['Checkout']>) => {
    res.json(await CheckoutOrder(req.params.orderNumber, orders, currentUser(res)));
  });

  router.post('/orders/:orderNumber/cancel', async (req, res: Response<Schemas['OrderCancelled']>) => {
    const order = await cancelOrder(req.params.orderNumber, currentUser(res), deps);
    res.json({ message: 'Order cancelled', order: viewOrderWithHistory(order) });
  });

  return router;
}

/** What the `Idempotency-Key` header (IETF draft-ietf-httpapi-idempotency-key-header) makes of a request. */
function idempotentRequest(
  req: Request,
  customerId: number,
  { amount, currency }: Schemas['OrderRequest'],
): IdempotentRequest | undefined {
  const key = req.get('idempotency-key');
  if (key === undefined) return undefined;
  // In this order, so that the order of members does not make another body.
  const bodyHash = createHash('sha256').update(JSON.stringify({ amount, currency })).digest('hex');
  // The route's pattern: `/orders` and `/orders/` are the same request.
  return { customerId, route: `${req.method} ${req.route.path}`, key: parseKey(key), bodyHash };
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
