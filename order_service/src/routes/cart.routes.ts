import { currentUser } from '@shop/service-kit';
import { Router } from 'express';
import type { CartRepository } from '../db/cart-repository.ts';
import {
  type CartChange,
  type CartItem,
  cartChangeSchema,
  cartItemSchema,
  type LineParams,
  lineParamsSchema,
} from '../schemas/requests.ts';
import {
  type CartDeps,
  ChangeCartLine,
  CreateCart,
  GetCart,
  RemoveCartLine,
} from '../services/cart.service.ts';
import { parser, withNumbers } from './validation.ts';

const parseItem = parser<CartItem>(cartItemSchema);
const parseChange = parser<CartChange>(cartChangeSchema);
const parseLine = parser<LineParams>(lineParamsSchema);

export function cartRoutes(carts: CartRepository, deps: CartDeps): Router {
  const router = Router();

  router.post('/cart', async (req, res) => {
    const { productId, qty } = parseItem(req.body);
    const { line, added } = await CreateCart(
      { customerId: currentUser(res).id, productId, qty },
      carts,
      deps,
    );
    res.status(added ? 201 : 200).json(line);
  });

  router.get('/cart', async (_req, res) => {
    res.json(await GetCart(currentUser(res).id, carts, deps));
  });

  router.patch('/cart/:lineItemId', async (req, res) => {
    const { lineItemId } = parseLine(withNumbers(req.params));
    const { qty } = parseChange(req.body);
    res.json(await ChangeCartLine(currentUser(res).id, lineItemId, qty, carts, deps));
  });

  router.delete('/cart/:lineItemId', async (req, res) => {
    const { lineItemId } = parseLine(withNumbers(req.params));
    await RemoveCartLine(currentUser(res).id, lineItemId, carts);
    res.status(204).end();
  });

  return router;
}
