import type { KeyObject } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { problem } from '../problems/problems.ts';

/** Who calls, as their access token says. */
export interface User {
  readonly id: number;
  readonly email: string;
  readonly role: 'customer' | 'admin';
}

export interface KeySource {
  /**
   * The public key of that id, or undefined when there is none.
   * @throws Problem `keys-unavailable` when it cannot be known now
   */
  find(keyId: string): Promise<KeyObject | undefined>;
}

type Claims = User & jwt.JwtPayload & { readonly exp: number };

interface Verified {
  readonly claims: Claims;
  readonly keyId: string;
  readonly key: KeyObject;
}

/** Some megabytes; tokens are valid for minutes. */
const mostTokens = 10_000;

export type TokenVerifier = ReturnType<typeof createTokenVerifier>;

export function createTokenVerifier(options: {
  readonly keys: KeySource;
  readonly issuer: string;
  readonly audience: string;
}) {
  const { keys, issuer, audience } = options;
  // A signature takes longer to check than most requests to answer. With its key, so that a key that is withdrawn counts.
  const verified = new LRUCache<string, Verified>({ max: mostTokens });
  return {
    /**
     * The claims of a valid access token (ES256; issuer, audience and expiry checked).
     * @throws Problem `invalid-token` or `token-expired`; `keys-unavailable` when no key could be fetched yet
     */
    verify: async (token: string): Promise<Claims> => {
      const known = verified.get(token);
      const keyId = known?.keyId ?? readKeyId(token);
      const key = keyId === undefined ? undefined : await keys.find(keyId);
      if (keyId === undefined || key === undefined) throw problem('invalid-token');
      if (known?.key === key && known.claims.exp * 1_000 > Date.now()) return known.claims;
      let claims: unknown;
      try {
        claims = jwt.verify(token, key, { algorithms: ['ES256'], issuer, audience });
      } catch (error) {
        throw problem(error instanceof jwt.TokenExpiredError ? 'token-expired' : 'invalid-token');
      }
      if (!isUser(claims)) throw problem('invalid-token');
      verified.set(token, { claims, keyId, key });
      return claims;
    },
  };
}

function readKeyId(token: string): string | undefined {
  try {
    const decoded = jwt.decode(token, { complete: true });
    // Only the key id is taken from the header: `alg` is pinned below, and `jku` or `jwk` are not looked at.
    return typeof decoded?.header.kid === 'string' ? decoded.header.kid : undefined;
  } catch {
    // It throws, instead of answering null, when a token of `typ: JWT` has a payload that is not JSON.
    return undefined;
  }
}

function isUser(claims: unknown): claims is Claims {
  const { id, email, role, exp } = claims as Record<string, unknown>;
  const knownRole = role === 'customer' || role === 'admin';
  return isId(id) && typeof email === 'string' && knownRole && typeof exp === 'number';
}

/** What fits PostgreSQL's `integer`: every service stores it as one. */
const isId = (id: unknown) => Number.isInteger(id) && Number(id) >= 1 && Number(id) <= 2_147_483_647;

/** The token of an `Authorization: Bearer` header (RFC 6750). */
export function bearerToken(req: Request): string {
  const [, token] = /^Bearer +([\w.~+/-]+=*) *$/i.exec(req.get('authorization') ?? '') ?? [];
  if (token === undefined) throw problem('token-missing');
  return token;
}

/**
 * Lets only callers with a valid token pass; the routes behind it may ask {@link currentUser}. What they answer is
 * for that caller alone: no cache may store it, unless the route says otherwise.
 */
export function requireUser(verifier: TokenVerifier): RequestHandler {
  return async (req, res, next) => {
    res.locals['user'] = await verifier.verify(bearerToken(req));
    res.set('Cache-Control', 'no-store');
    next();
  };
}

/** Behind {@link requireUser}: lets only administrators pass. */
export const requireAdmin: RequestHandler = (_req, res, next) => {
  if (currentUser(res).role !== 'admin') throw problem('admin-only');
  next();
};

/** The caller, on a route behind {@link requireUser}. */
export function currentUser(res: Response): User & { readonly exp: number } {
  const user = res.locals['user'] as (User & { exp: number }) | undefined;
  if (user === undefined) throw new Error('This route is not behind requireUser.');
  return user;
}
