import type { RequestHandler } from 'express';
import jwt from 'jsonwebtoken';
import { problem } from '../problems/problems.ts';
import { bearerToken } from './auth.ts';

const role = 'service';
/** Clocks of machines differ. */
const validForSeconds = 300;

/**
 * The token with which one service calls another: a JWT that both know how to sign, for this one peer and for minutes.
 * @param secrets of SERVICE_SECRETS; the first one signs
 * @param from the service that calls
 * @param to the service that is called
 */
export function createPeerToken(secrets: readonly string[], from: string, to: string): string {
  const [secret = ''] = secrets;
  const options = { algorithm: 'HS256', issuer: from, audience: to, expiresIn: validForSeconds } as const;
  return jwt.sign({ role }, secret, options);
}

/**
 * Lets only these services pass; no user does, not even an administrator. What is answered is for no cache.
 * @param secrets of SERVICE_SECRETS; any of them may have signed, so that one can be replaced
 * @param from the services that may call
 * @param to the service that is called
 * @throws Problem `token-missing`, `invalid-token` or `token-expired`
 */
export function requirePeer(
  secrets: readonly string[],
  from: [string, ...string[]],
  to: string,
): RequestHandler {
  const options = { algorithms: ['HS256'], issuer: from, audience: to } satisfies jwt.VerifyOptions;
  return (req, res, next) => {
    const token = bearerToken(req);
    if (!secrets.some((secret) => isOfService(token, secret, options))) throw problem('invalid-token');
    res.set('Cache-Control', 'no-store');
    next();
  };
}

function isOfService(token: string, secret: string, options: jwt.VerifyOptions & { complete?: false }) {
  try {
    const claims = jwt.verify(token, secret, options);
    return typeof claims === 'object' && claims['role'] === role;
  } catch (error) {
    if (error instanceof jwt.TokenExpiredError) throw problem('token-expired');
    return false;
  }
}
