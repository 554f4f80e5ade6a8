import type { RequestHandler, Response } from 'express';
import { problem } from '../problems/problems.ts';

/** What an API key may be allowed of all that an administrator may do. */
export const scopes = ['catalog:write', 'orders:read', 'orders:write'] as const;
export type Scope = (typeof scopes)[number];

/** A caller, as far as it matters here. */
interface Limited {
  readonly scopes?: readonly Scope[];
}

/**
 * Behind `requireUser`, before all that asks for the caller: lets API keys pass that have this scope. People pass whatever it
 * is. A route without it is closed to API keys.
 * @throws Problem `scope-missing`
 */
export const allowScope =
  (scope: Scope): RequestHandler =>
  (_req, res, next) => {
    const { scopes: given } = res.locals['user'] as Limited;
    if (given !== undefined && !given.includes(scope)) throw scopeMissing(scope);
    res.locals['scope'] = scope;
    next();
  };

/** @throws Problem `scope-missing` when an API key comes to a route that no scope opens */
export function requireScopeChecked(res: Response, { scopes: given }: Limited): void {
  if (given !== undefined && res.locals['scope'] === undefined) throw scopeMissing();
}

const scopeMissing = (scope?: Scope) =>
  problem('scope-missing', {
    detail: scope === undefined ? 'No API key may do this.' : `The API key needs the scope ${scope}.`,
  });
