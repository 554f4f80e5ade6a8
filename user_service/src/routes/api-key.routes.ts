import { actorOf, bearerToken, requireAdministrator } from '@shop/service-kit';
import { type RequestHandler, type Response, Router } from 'express';
import type { ApiKeyRepository } from '../db/api-key-repository.ts';
import type { Schemas } from '../generated/openapi.ts';
import { createApiKey, openApiKey, removeApiKey } from '../services/api-keys.ts';
import { generateToken, type Signer, tokenSeconds } from './authRoutes.routes.ts';
import { parser } from './validation.ts';

const parseRequest = parser('ApiKeyRequest');
const parseId = parser('ApiKeyId', 'id');

/** @param current lets pass who is logged in, and no API key: none makes others */
export function apiKeyRoutes(
  keys: ApiKeyRepository,
  signer: Signer,
  current: readonly RequestHandler[],
): Router {
  const router = Router();
  const admin = [...current, requireAdministrator];

  router.post('/api-keys/token', async (req, res: Response<Schemas['ApiKeyToken']>) => {
    const user = await openApiKey(bearerToken(req), keys);
    const token = generateToken(user, signer);
    const scope = (user.scopes ?? []).join(' ');
    res.set('Cache-Control', 'no-store').json({ token, expiresIn: tokenSeconds, scope });
  });

  router.post('/api-keys', ...admin, async (req, res: Response<Schemas['NewApiKey']>) => {
    res.status(201).json(await createApiKey(parseRequest(req.body), actorOf(req, res), keys));
  });

  router.get('/api-keys', ...admin, async (_req, res: Response<Schemas['ApiKeyList']>) => {
    res.json({ items: [...(await keys.list())] });
  });

  router.delete('/api-keys/:id', ...admin, async (req, res) => {
    await removeApiKey(parseId(req.params['id']), actorOf(req, res), keys);
    res.status(204).end();
  });

  return router;
}
