import type { RequestHandler, Response } from 'express';
import { problem } from '../problems/problems.ts';

/** The replies in flight of the app that each belongs to. */
const inFlightWith = new WeakMap<Response, Set<Response>>();

/**
 * Takes so many requests at a time; the next are told 503 `overloaded` with Retry-After, so that the memory which
 * requests and unread replies take has a limit. What `exempt` names (health checks) is always taken.
 */
export function limitRequestsInFlight(most: number, exempt: ReadonlySet<string>): RequestHandler {
  const inFlight = new Set<Response>();
  return (req, res, next) => {
    if (exempt.has(req.path)) return next();
    if (inFlight.size >= most) throw problem('overloaded');
    inFlight.add(res);
    inFlightWith.set(res, inFlight);
    res.once('close', () => inFlight.delete(res));
    next();
  };
}

/** Counts a reply no more that goes on for long by intent, such as an event stream; those need a limit of their own. */
export function leaveInFlight(res: Response): void {
  inFlightWith.get(res)?.delete(res);
}
