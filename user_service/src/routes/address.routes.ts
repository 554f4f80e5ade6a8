import { currentUser, integer } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { AddressRepository } from '../db/address-repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { addAddress, getAddress, removeAddress, replaceAddress } from '../services/addresses.ts';
import { parser } from './validation.ts';

const parseAddress = parser('AddressRequest');
const parseId = parser('Id', 'id');

export function addressRoutes(addresses: AddressRepository): Router {
  const router = Router();

  router.post('/addresses', async (req, res: Response<Schemas['SavedAddress']>) => {
    res.status(201).json(await addAddress(currentUser(res).id, parseAddress(req.body), addresses));
  });

  router.get('/addresses', async (_req, res: Response<Schemas['AddressList']>) => {
    res.json({ items: await addresses.list(currentUser(res).id) });
  });

  router.get('/addresses/:id', async (req, res: Response<Schemas['SavedAddress']>) => {
    const id = parseId(integer(req.params.id));
    res.json(await getAddress(currentUser(res).id, id, addresses));
  });

  router.put('/addresses/:id', async (req, res: Response<Schemas['SavedAddress']>) => {
    const id = parseId(integer(req.params.id));
    res.json(await replaceAddress(currentUser(res).id, id, parseAddress(req.body), addresses));
  });

  router.delete('/addresses/:id', async (req, res) => {
    await removeAddress(currentUser(res).id, parseId(integer(req.params.id)), addresses);
    res.status(204).end();
  });

  return router;
}
