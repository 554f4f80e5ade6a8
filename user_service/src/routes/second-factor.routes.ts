import { currentUser } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Account } from '../db/user-repository.ts';
import { readPassword } from '../domain/account-input.ts';
import type { Schemas } from '../generated/openapi.ts';
import type { AccountDeps } from '../services/accounts.ts';
import {
  confirmSecondFactor,
  proposeSecondFactor,
  readSecondFactor,
  removeSecondFactor,
  type SecondFactorDeps,
} from '../services/second-factor.ts';
import { currentProfile, requireAccount } from './current-profile.ts';
import { originOf } from './device.ts';
import { parser } from './validation.ts';

const parseCode = parser('TotpCode');

export function secondFactorRoutes(deps: SecondFactorDeps & AccountDeps): Router {
  const router = Router();
  router.use('/me/totp', requireAccount);

  router.get('/me/totp', async (_req, res: Response<Schemas['SecondFactor']>) => {
    res.json(await readSecondFactor(currentProfile(res).id, deps));
  });

  router.post('/me/totp', async (req, res: Response<Schemas['TotpSecret']>) => {
    const account = currentProfile(res) as Account;
    const secret = await proposeSecondFactor(account, readPassword(req.body), originOf(req, res), deps);
    res.status(201).json(secret);
  });

  router.post('/me/totp/confirm', async (req, res: Response<Schemas['RecoveryCodes']>) => {
    const { id } = currentUser(res);
    const { code } = parseCode(req.body);
    const recoveryCodes = await confirmSecondFactor(id, code, originOf(req, res), deps);
    res.json({ recoveryCodes: [...recoveryCodes] });
  });

  router.delete('/me/totp', async (req, res) => {
    const account = currentProfile(res) as Account;
    await removeSecondFactor(account, readPassword(req.body), originOf(req, res), deps);
    res.status(204).end();
  });

  return router;
}
