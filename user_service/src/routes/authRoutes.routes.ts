import { bearerToken, type TokenVerifier, type User } from '@shop/service-kit';
import { type Request, type Response, Router } from 'express';
import jwt from 'jsonwebtoken';
import { readCredentials, readRegistration } from '../domain/account-input.ts';
import type { SigningKey } from '../domain/keys.ts';
import type { Schemas } from '../generated/openapi.ts';
import { type AccountDeps, authenticate, registerAccount } from '../services/accounts.ts';
import { countedAddress } from './counted-address.ts';

export interface Signer extends SigningKey {
  readonly issuer: string;
  readonly audience: string;
}

export interface AuthRoutesDeps extends AccountDeps {
  readonly signer: Signer;
  readonly verifier: TokenVerifier;
}

const tokenSeconds = 15 * 60;

/** An access token: who the user is, for {@link tokenSeconds}, signed with ES256. */
export function generateToken(user: User, signer: Signer): string {
  const { privateKey, keyId, issuer, audience } = signer;
  return jwt.sign({ id: user.id, email: user.email, role: user.role }, privateKey, {
    algorithm: 'ES256',
    keyid: keyId,
    issuer,
    audience,
    expiresIn: tokenSeconds,
  });
}

export function authRoutes(deps: AuthRoutesDeps): Router {
  const router = Router();

  router.post('/register', async (req, res: Response<Schemas['Registered']>) => {
    const user = await registerAccount(readRegistration(req.body), addressOf(req), deps);
    res.set('Cache-Control', 'no-store');
    res.status(201).json({ message: 'The account is made.', user });
  });

  router.post('/login', async (req, res: Response<Schemas['LoggedIn']>) => {
    const user = await authenticate(readCredentials(req.body), addressOf(req), deps);
    const token = generateToken(user, deps.signer);
    res.set('Cache-Control', 'no-store');
    res.json({ message: 'You are logged in.', token, expiresIn: tokenSeconds });
  });

  router.get('/validate', async (req, res) => {
    const claims = await deps.verifier.verify(bearerToken(req));
    res.set('Cache-Control', 'no-store').json(claims);
  });

  return router;
}

const addressOf = (req: Request) => countedAddress(req.ip ?? 'unknown');
