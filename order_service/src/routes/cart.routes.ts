import { currentUser } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { CreateCart, changeCartLine, GetCart, removeCartLine } from '../services/cart.service.ts';
import type { OrderDeps } from '../services/deps.ts';
import { integer, parser } from './validation.ts';

const parseItem = parser('CartItem');
const parseChange = parser('CartChange');
const parseLineId = parser('Id', 'lineItemId');

export function cartRoutes(deps: OrderDeps): Router {
  const router = Router();

  router.post('/cart', async (req, res: Response<Schemas['CartLine']>) => {
    const input = { customerId: currentUser(res).id, ...parseItem(req.body) };
    const { line, added } = await CreateCart(input, deps.carts, deps);
    res.status(added ? 201 : 200).json(line);
  });

  router.get('/cart', async (_req, res: Response<Schemas['Cart']>) => {
    res.json(await GetCart(currentUser(res).id, deps.carts, deps));
  });

  router.patch('/cart/:lineItemId', async (req, res: Response<Schemas['CartLine']>) => {
    const lineId = parseLineId(integer(req.params.lineItemId));
    const { qty } = parseChange(req.body);
    res.json(await changeCartLine(currentUser(res).id, lineId, qty, deps));
  });

  router.delete('/cart/:lineItemId', async (req, res) => {
    const lineId = parseLineId(integer(req.params.lineItemId));
    await removeCartLine(currentUser(res).id, lineId, deps);
    res.status(204).end();
  });

  return router;
}
