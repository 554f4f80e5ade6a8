import { integer, requirePeer } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { UserRepository } from '../db/user-repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { findCurrent } from '../services/profile.ts';
import { parser } from './validation.ts';

const parseId = parser('Id', 'id');
const parseRole = parser('Role', 'role');
const parseSessionId = parser('SessionId', 'sid');

/** For the other services, which ask of administrators and guests; the gateway does not pass it on. */
export function standingRoutes(serviceSecrets: readonly string[], users: UserRepository): Router {
  const router = Router();
  const peer = requirePeer(
    serviceSecrets,
    ['catalog_service', 'order_service', 'payment_service'],
    'user_service',
  );
  router.get('/users/:id/standing', peer, async (req, res: Response<Schemas['Standing']>) => {
    const id = parseId(integer(req.params['id']));
    const role = parseRole(req.query['role']);
    const { sid } = req.query;
    const session = sid === undefined ? {} : { sid: parseSessionId(sid) };
    const found = await findCurrent({ id, role, ...session }, users);
    res.json({ current: found !== undefined });
  });
  return router;
}
