import { integer, requirePeer } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { OrderConfig } from '../config.ts';
import type { CustomerRepository } from '../db/customer.repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { parser } from './validation.ts';

const parseId = parser('Id', 'id');
const parseCustomers = parser('CustomerIds');
const parseGuests = parser('GuestIds');

/** For user_service, which deletes users and guests; the gateway does not pass it on. */
export function customerRoutes(
  customers: CustomerRepository,
  { serviceSecrets }: Pick<OrderConfig, 'serviceSecrets'>,
): Router {
  const router = Router();
  const service = requirePeer(serviceSecrets, ['user_service'], 'order_service');

  router.get('/customers/:id/open-orders', service, async (req, res: Response<Schemas['OpenOrders']>) => {
    res.json({ orderNumbers: await customers.openOrders(parseId(integer(req.params['id']))) });
  });

  router.post('/customers/forget', service, async (req, res: Response<Schemas['CustomerIds']>) => {
    res.json({ ids: await customers.forget(parseCustomers(req.body).ids) });
  });

  router.post('/guests/forget', service, async (req, res: Response<Schemas['GuestIds']>) => {
    res.json({ ids: await customers.forgetGuests(parseGuests(req.body).ids) });
  });

  return router;
}
