import { currentUser } from '@shop/service-kit';
import { type Response, Router } from 'express';
import { hashToken } from '../domain/random-token.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';
import { refreshSession, type SessionDeps } from '../services/sessions.ts';
import { type Signer, tokensOf } from './authRoutes.routes.ts';
import { requireAccount } from './current-profile.ts';
import { deviceOf } from './device.ts';
import { parser } from './validation.ts';

const parseToken = parser('RefreshRequest');
const parseId = parser('SessionId', 'id');

export function sessionRoutes(deps: SessionDeps & { readonly signer: Signer }): Router {
  const { sessions } = deps;
  const router = Router();

  router.post('/refresh', async (req, res: Response<Schemas['LoggedIn']>) => {
    const session = await refreshSession(parseToken(req.body).refreshToken, deviceOf(req), deps);
    res.set('Cache-Control', 'no-store').json(tokensOf(session, deps.signer));
  });

  router.post('/logout', async (req, res) => {
    await sessions.endByToken(hashToken(parseToken(req.body).refreshToken));
    res.set('Cache-Control', 'no-store').status(204).end();
  });

  router.get('/sessions', requireAccount, async (_req, res: Response<Schemas['SessionList']>) => {
    const { id, sid } = currentUser(res);
    const items = await sessions.list(id);
    res.json({ items: items.map((session) => ({ ...session, current: session.id === sid })) });
  });

  router.delete('/sessions', requireAccount, async (_req, res) => {
    const { id, sid } = currentUser(res);
    await sessions.endOthers(id, sid);
    res.status(204).end();
  });

  router.delete('/sessions/:id', requireAccount, async (req, res) => {
    const ended = await sessions.end(currentUser(res).id, parseId(req.params['id']));
    if (!ended) throw problem('session-not-found');
    res.status(204).end();
  });

  return router;
}
