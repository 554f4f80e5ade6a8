import type { RequestHandler, Response } from 'express';
import { problem } from '../problems/problems.ts';

const leave = new WeakMap<Response, () => void>();

/**
 * Takes so many requests at a time; the next are told 503 `overloaded` with Retry-After, so that the memory which
 * requests and unread replies take has a limit. What `exempt` names (health checks) is always taken.
 */
export function limitRequestsInFlight(most: number, exempt: ReadonlySet<string>): RequestHandler {
  let inFlight = 0;
  return (req, res, next) => {
    if (exempt.has(req.path)) return next();
    if (inFlight >= most) throw problem('overloaded');
    inFlight += 1;
    let counted = true;
    const uncount = () => {
      if (counted) inFlight -= 1;
      counted = false;
    };
    leave.set(res, uncount);
    res.once('close', uncount);
    next();
  };
}

/** Counts a reply no more that goes on for long by intent, such as an event stream; those need a limit of their own. */
export function leaveInFlight(res: Response): void {
  leave.get(res)?.();
}
