import { addressOf, bearerToken, type TokenVerifier, type User } from '@shop/service-kit';
import { type Request, type Response, Router } from 'express';
import jwt from 'jsonwebtoken';
import { readLogin, readRegistration } from '../domain/account-input.ts';
import type { SigningKey } from '../domain/keys.ts';
import type { Schemas } from '../generated/openapi.ts';
import { type AccountDeps, authenticate, registerAccount } from '../services/accounts.ts';
import { auditLogin, type LoginAudit } from '../services/login-audit.ts';
import { requireSecondFactor, type SecondFactorDeps } from '../services/second-factor.ts';
import { type OpenSession, type SessionDeps, startSession } from '../services/sessions.ts';
import { deviceOf } from './device.ts';

export interface Signer extends SigningKey {
  readonly issuer: string;
  readonly audience: string;
}

export interface AuthRoutesDeps extends AccountDeps, SessionDeps, SecondFactorDeps, LoginAudit {
  readonly signer: Signer;
  readonly verifier: TokenVerifier;
}

export const tokenSeconds = 15 * 60;

/** An access token: who the user is, for so many seconds, signed with ES256. */
export function generateToken(user: User, signer: Signer & { readonly expiresIn?: number }): string {
  const { privateKey, keyId, issuer, audience, expiresIn = tokenSeconds } = signer;
  const { id, email, role, sid, scopes } = user;
  // A role of its own: a service that knows no scopes must not take it for an administrator's.
  const rights = scopes === undefined ? { role } : { role: 'api-key', scope: scopes.join(' ') };
  return jwt.sign({ id, email, ...rights, ...(sid !== undefined && { sid }) }, privateKey, {
    algorithm: 'ES256',
    keyid: keyId,
    issuer,
    audience,
    expiresIn,
  });
}

/** What a client goes on with. */
export const tokensOf = (
  { user, refreshToken, secondsLeft }: OpenSession,
  signer: Signer,
): Schemas['LoggedIn'] => ({
  message: 'You are logged in.',
  token: generateToken(user, signer),
  expiresIn: tokenSeconds,
  refreshToken,
  refreshExpiresIn: secondsLeft,
});

export function authRoutes(deps: AuthRoutesDeps): Router {
  const router = Router();

  router.post('/register', async (req, res: Response<Schemas['Registered']>) => {
    const registration = readRegistration(req.body);
    const guestId = await findGuest(req, deps.verifier);
    const user = await registerAccount(registration, addressOf(req), guestId, deps);
    const deviceToken = deps.devices.tokenFor(user.email);
    res.set('Cache-Control', 'no-store');
    res.status(201).json({ message: 'The account is made.', user, deviceToken });
  });

  router.post('/login', async (req, res: Response<Schemas['LoggedIn']>) => {
    const { deviceToken, totp, recoveryCode, ...credentials } = readLogin(req.body);
    let proof: Promise<void> | undefined;
    // A code is taken once, also where the password is compared twice.
    const prove = (userId: number) => {
      proof ??= requireSecondFactor(userId, { totp, recoveryCode }, deps);
      return proof;
    };
    const open = () => authenticate(credentials, { address: addressOf(req), deviceToken }, deps, prove);
    const attempt = { email: credentials.email, address: addressOf(req) };
    const login = () => startSession(open, deviceOf(req), deps);
    const session = await deps.metrics.countLogin(() => auditLogin(attempt, login, deps));
    const ofDevice = { deviceToken: deps.devices.tokenFor(credentials.email, deviceToken) };
    res.set('Cache-Control', 'no-store').json({ ...tokensOf(session, deps.signer), ...ofDevice });
  });

  router.get('/validate', async (req, res) => {
    const claims = await deps.verifier.verify(bearerToken(req));
    res.set('Cache-Control', 'no-store').json(claims);
  });

  return router;
}

/**
 * The guest whose token the caller shows. Any other token is ignored, as clients may send theirs with every request; a
 * guest's that is not valid any more is refused, or the cart would be left behind without a word.
 */
async function findGuest(req: Request, verifier: TokenVerifier): Promise<number | undefined> {
  if (req.get('authorization') === undefined) return undefined;
  try {
    const { id, role } = await verifier.verify(bearerToken(req));
    return role === 'guest' ? id : undefined;
  } catch (error) {
    if (saysGuest(req.get('authorization'))) throw error;
    return undefined;
  }
}

function saysGuest(authorization = ''): boolean {
  try {
    const claims = jwt.decode(authorization.replace(/^Bearer +/i, ''), { json: true });
    return claims?.['role'] === 'guest';
  } catch {
    return false;
  }
}
