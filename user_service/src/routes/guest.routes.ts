import { addressOf } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Schemas } from '../generated/openapi.ts';
import { createGuest } from '../services/guests.ts';
import { type AuthRoutesDeps, generateToken } from './authRoutes.routes.ts';

/** @param guestDays how long a guest's token is valid */
export function guestRoutes(deps: AuthRoutesDeps, guestDays: number): Router {
  const router = Router();
  const expiresIn = guestDays * 24 * 60 * 60;

  router.post('/guest', async (req, res: Response<Schemas['GuestToken']>) => {
    const token = generateToken(await createGuest(addressOf(req), guestDays, deps), {
      ...deps.signer,
      expiresIn,
    });
    res.set('Cache-Control', 'no-store');
    res.status(201).json({ message: 'You are a guest.', token, expiresIn });
  });

  return router;
}
