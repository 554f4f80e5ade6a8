import type { RequestHandler } from 'express';
import { problem } from '../problems/problems.ts';
import { createTurns } from './turns.ts';

/** Less than half of what the gateway waits for a reply: a request that has its turn has the time to be answered. */
const waitMs = 1_000;
const readingMethods = new Set(['GET', 'HEAD', 'OPTIONS']);

/**
 * Works on so many changes at a time; the next wait in a line for a second at most, and are then told 503 `overloaded`
 * with Retry-After. So a crowd is served one after the other: all at once, none would be done before its time is over.
 */
export function limitChangesAtOnce(most: number): RequestHandler {
  const turns = createTurns(most, waitMs);
  return async (req, res, next) => {
    if (readingMethods.has(req.method)) return next();
    if (!(await turns('all', res))) throw problem('overloaded');
    if (!res.closed) next();
  };
}
