import { Router } from 'express';
import { type PublicKey, toJwks } from '../domain/keys.ts';

/** The public keys (RFC 7517) with which everybody else verifies tokens. */
export function jwksRoutes(keys: readonly PublicKey[]): Router {
  const router = Router();
  const jwks = toJwks(keys);
  router.get('/.well-known/jwks.json', (_req, res) => {
    res.set('Cache-Control', 'public, max-age=300').json(jwks);
  });
  return router;
}
