import { currentUser } from '@shop/service-kit';
import { Router } from 'express';
import type { CartRepository } from '../db/cart-repository.ts';
import type { IdempotencyRepository } from '../db/idempotency-repository.ts';
import type { OrderRepository } from '../db/order-repository.ts';
import type { OrderView } from '../schemas/order-replies.ts';
import {
  type OrderList,
  type OrderRequest,
  orderListSchema,
  orderRequestSchema,
} from '../schemas/requests.ts';
import {
  CancelOrder,
  CheckoutOrder,
  CreateOrder,
  type CreateOrderDeps,
  GetOrder,
} from '../services/order.service.ts';
import type { OrderLifeDeps } from '../services/order-life.ts';
import { ListOrders } from '../services/order-list.ts';
import { viewOrderWithHistory } from '../services/order-view.ts';
import { onceFor } from './idempotency-key.ts';
import { refuseImpossible } from './order-number.ts';
import { parser, withNumbers } from './validation.ts';

const parseRequest = parser<OrderRequest>(orderRequestSchema);
const parseList = parser<OrderList>(orderListSchema);

export interface OrderRoutesDeps {
  readonly orders: OrderRepository;
  readonly carts: CartRepository;
  readonly idempotency: IdempotencyRepository;
  readonly creation: Omit<CreateOrderDeps, 'once' | 'agreed'>;
  readonly life: OrderLifeDeps;
}

export function orderRoutes({ orders, carts, idempotency, creation, life }: OrderRoutesDeps): Router {
  const router = Router();

  router.param('orderNumber', refuseImpossible);

  router.post('/orders', async (req, res) => {
    const body = parseRequest(req.body === undefined ? {} : req.body);
    const { amount, currency } = body;
    const agreed = amount === undefined ? undefined : { amount, ...(currency !== undefined && { currency }) };
    const once = onceFor<OrderView>(req, body, currentUser(res), idempotency);
    const order = await CreateOrder(currentUser(res).id, orders, carts, { ...creation, agreed, once });
    const { orderNumber } = order;
    res.status(201).location(`/orders/${orderNumber}`).json({ message: 'Order created', orderNumber, order });
  });

  router.get('/orders', async (req, res) => {
    res.json(await ListOrders(parseList(withNumbers(req.query)), orders, currentUser(res)));
  });

  router.get('/orders/:orderNumber', async (req, res) => {
    const order = await GetOrder(req.params.orderNumber, orders, currentUser(res));
    // Unlike the rest it may be kept, so that asking whether it is still so costs no body.
    res.set('Cache-Control', 'private, no-cache').json(viewOrderWithHistory(order));
  });

  router.get('/orders/:orderNumber/checkout', async (req, res) => {
    res.json(await CheckoutOrder(req.params.orderNumber, orders, currentUser(res)));
  });

  router.post('/orders/:orderNumber/cancel', async (req, res) => {
    const order = await CancelOrder(req.params.orderNumber, orders, currentUser(res), life);
    res.json({ message: 'Order cancelled', order: viewOrderWithHistory(order) });
  });

  return router;
}
