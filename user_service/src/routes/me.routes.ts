import { bearerToken } from '@shop/service-kit';
import { type Response, Router } from 'express';
import type { Account, Profile } from '../db/user-repository.ts';
import { readErasure, readPasswordChange, readProfileRequest } from '../domain/account-input.ts';
import type { Schemas } from '../generated/openapi.ts';
import { type AccountDeps, changePassword } from '../services/accounts.ts';
import { type ErasureDeps, eraseUser } from '../services/erasure.ts';
import { type ExportDeps, exportUser } from '../services/export.ts';
import { changeProfile } from '../services/profile.ts';
import { currentProfile, requireAccount } from './current-profile.ts';
import { originOf } from './device.ts';

export function meRoutes(deps: AccountDeps & ErasureDeps & ExportDeps): Router {
  const router = Router();

  router.get('/me', (_req, res: Response<Schemas['Profile']>) => {
    res.json(currentProfile(res));
  });

  router.patch('/me', requireAccount, async (req, res: Response<Schemas['Profile']>) => {
    const account = currentProfile(res) as Account & Profile;
    const change = readProfileRequest(req.body);
    res.json(await changeProfile(account, change, originOf(req, res), deps));
  });

  router.delete('/me', async (req, res) => {
    const { currentPassword } = readErasure(req.body);
    await eraseUser(currentProfile(res), currentPassword, originOf(req, res), deps);
    res.status(204).end();
  });

  router.get('/me/export', async (req, res: Response<Schemas['Export']>) => {
    const all = await exportUser(currentProfile(res), bearerToken(req), deps);
    res.attachment('account.json').json(all);
  });

  router.post('/password', requireAccount, async (req, res) => {
    const account = currentProfile(res) as Account;
    await changePassword(account, readPasswordChange(req.body, account), originOf(req, res), deps);
    res.status(204).end();
  });

  return router;
}
