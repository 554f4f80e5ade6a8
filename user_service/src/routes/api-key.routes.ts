import { type AuditTrail, actorOf, bearerToken, currentUser, requireAdministrator } from '@shop/service-kit';
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
  audit: AuditTrail,
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
    const made = await createApiKey(parseRequest(req.body), currentUser(res).id, keys);
    const { id, name, scopes, expiresAt } = made;
    const details = { keyId: id, before: null, after: { name, scopes, expiresAt } };
    await audit.tell([{ kind: 'api-key-created', ...actorOf(req, res), details }]);
    res.status(201).json(made);
  });

  router.get('/api-keys', ...admin, async (_req, res: Response<Schemas['ApiKeyList']>) => {
    res.json({ items: [...(await keys.list())] });
  });

  router.delete('/api-keys/:id', ...admin, async (req, res) => {
    const keyId = parseId(req.params['id']);
    await removeApiKey(keyId, keys);
    await audit.tell([{ kind: 'api-key-removed', ...actorOf(req, res), details: { keyId } }]);
    res.status(204).end();
  });

  return router;
}
