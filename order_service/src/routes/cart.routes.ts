import { currentUser, integer, Problem, type TokenVerifier } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import { CreateCart, changeCartLine, GetCart, removeCartLine } from '../services/cart.service.ts';
import { mergeCart } from '../services/cart-merge.service.ts';
import type { OrderDeps } from '../services/deps.ts';
import { parser } from './validation.ts';

const parseItem = parser('CartItem');
const parseChange = parser('CartChange');
const parseMerge = parser('CartMerge');
const parseLineId = parser('Id', 'lineItemId');

export function cartRoutes(deps: OrderDeps, verifier: TokenVerifier): Router {
  const router = Router();

  router.post('/cart', async (req, res: Response<Schemas['CartLine']>) => {
    const input = { customerId: currentUser(res).id, ...parseItem(req.body) };
    const { line, added } = await CreateCart(input, deps.carts, deps);
    res.status(added ? 201 : 200).json(line);
  });

  router.get('/cart', async (_req, res: Response<Schemas['Cart']>) => {
    res.json(await GetCart(currentUser(res).id, deps.carts, deps));
  });

  router.post('/cart/merge', async (req, res: Response<Schemas['MergedCart']>) => {
    const { id } = currentUser(res);
    const { guestToken } = parseMerge(req.body);
    res.json(await mergeCart(id, await findGuest(guestToken, id, verifier), deps));
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

/** @throws Problem `validation-failed` when it is not the valid token of another user, who is a guest */
async function findGuest(guestToken: string, callerId: number, verifier: TokenVerifier): Promise<number> {
  const refuse = (message: string) =>
    problem('validation-failed', { errors: [{ field: 'guestToken', message }] });
  const { id, role } = await verifier.verify(guestToken).catch((error) => {
    if (error instanceof Problem && error.code === 'token-expired') throw refuse('has expired');
    if (error instanceof Problem && error.code === 'invalid-token') throw refuse('is not a valid token');
    throw error;
  });
  if (role !== 'guest') throw refuse('must be the token of a guest');
  if (id === callerId) throw refuse('must be the token of another user than the caller');
  return id;
}
