import type { KeyObject } from 'node:crypto';
import type { Request, RequestHandler, Response } from 'express';
import jwt from 'jsonwebtoken';
import { LRUCache } from 'lru-cache';
import { problem } from '../problems/problems.ts';
import { allowScope, requireScopeChecked, type Scope } from './scopes.ts';

/** Who calls, as their access token says. */
export interface User {
  readonly id: number;
  /** None of a guest. */
  readonly email: string | null;
  readonly role: 'guest' | 'customer' | 'admin';
  /** Of the session in which the token was made, or of the API key; a guest has none. */
  readonly sid?: string;
  /** Of an API key: what it may do of all that administrators may. A person's token has none, and no such limit. */
  readonly scopes?: readonly Scope[];
}

export interface KeySource {
  /**
   * The public key of that id, or undefined when there is none.
   * @throws Problem `keys-unavailable` when it cannot be known now
   */
  find(keyId: string): Promise<KeyObject | undefined>;
}

export interface Standings {
  /**
   * Whether a user still is what their token says: of this role, and their session has not ended.
   * @throws Problem `keys-unavailable` when that cannot be known now
   */
  isCurrent(user: User): Promise<boolean>;
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

/** @param options.standings none in user_service, which looks into its own tables */
export function createTokenVerifier(options: {
  readonly keys: KeySource;
  readonly standings?: Standings;
  readonly issuer: string;
  readonly audience: string;
}) {
  const { keys, standings, issuer, audience } = options;
  // A signature takes longer to check than most requests to answer. With its key, so that a key that is withdrawn counts.
  const verified = new LRUCache<string, Verified>({ max: mostTokens });

  async function readClaims(token: string): Promise<Claims> {
    const known = verified.get(token);
    const keyId = known?.keyId ?? readKeyId(token);
    const key = keyId === undefined ? undefined : await keys.find(keyId);
    if (keyId === undefined || key === undefined) throw problem('invalid-token');
    if (known?.key === key && known.claims.exp * 1_000 > Date.now()) return known.claims;
    let verifiedClaims: unknown;
    try {
      verifiedClaims = jwt.verify(token, key, { algorithms: ['ES256'], issuer, audience });
    } catch (error) {
      throw problem(error instanceof jwt.TokenExpiredError ? 'token-expired' : 'invalid-token');
    }
    const claims = ofApiKey(verifiedClaims);
    if (!isUser(claims)) throw problem('invalid-token');
    verified.set(token, { claims, keyId, key });
    return claims;
  }

  return {
    /**
     * The claims of a valid access token (ES256; issuer, audience and expiry checked). Of an administrator, who may do
     * much, and a guest, whose token lives for weeks, they must still be true: see {@link Standings}. A guest is believed
     * while that cannot be known.
     * @throws Problem `invalid-token` or `token-expired`; `keys-unavailable` when no key could be fetched yet, or nobody
     * knows whether the administrator still is one
     */
    verify: async (token: string): Promise<Claims> => {
      const claims = await readClaims(token);
      if (standings === undefined || claims.role === 'customer') return claims;
      const isCurrent = await standings.isCurrent(claims).catch((error: unknown) => {
        if (claims.role === 'guest') return true;
        throw error;
      });
      if (!isCurrent) throw problem('invalid-token', { detail: outdated });
      return claims;
    },
  };
}

const outdated = 'The session of this token has ended, or its user is another by now. Log in again.';

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

/**
 * The token of an API key has a role of its own, which a service that knows no scopes refuses. Behind that it is an
 * administrator's whose routes are limited: see {@link allowScope}.
 */
function ofApiKey(claims: unknown): unknown {
  const { role, scope, ...others } = claims as Record<string, unknown>;
  if (role !== 'api-key') return claims;
  return typeof scope === 'string' ? { ...others, role: 'admin', scopes: scope.split(' ') } : undefined;
}

function isUser(claims: unknown): claims is Claims {
  const { id, email, role, sid, scopes, exp } = (claims ?? {}) as Record<string, unknown>;
  const knownRole = role === 'guest' || role === 'customer' || role === 'admin';
  const isNobody = role === 'guest' || scopes !== undefined;
  const knownEmail = typeof email === 'string' || (isNobody && email === null);
  const knownSession = sid === undefined || typeof sid === 'string';
  return isId(id) && knownEmail && knownRole && knownSession && typeof exp === 'number';
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

/** Behind {@link requireUser}: lets only administrators pass, and API keys with this scope. */
export function requireAdmin(scope: Scope): RequestHandler {
  const allow = allowScope(scope);
  return (req, res, next) =>
    allow(req, res, () => {
      if (currentUser(res).role !== 'admin') throw problem('admin-only');
      next();
    });
}

/** Behind {@link requireUser}: lets only administrators pass, and no API key of theirs. */
export const requireAdministrator: RequestHandler = (_req, res, next) => {
  if (currentUser(res).role !== 'admin') throw problem('admin-only');
  next();
};

/**
 * The caller, on a route behind {@link requireUser}.
 * @throws Problem `scope-missing` when it is an API key, and no scope was asked for
 */
export function currentUser(res: Response): User & { readonly exp: number } {
  const user = res.locals['user'] as (User & { exp: number }) | undefined;
  if (user === undefined) throw new Error('This route is not behind requireUser.');
  requireScopeChecked(res, user);
  return user;
}
