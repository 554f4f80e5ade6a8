import type { Request, RequestHandler, Response } from 'express';
import { addressOf } from '../http/counted-address.ts';
import { routeOf } from '../tracing/route.ts';
import type { NewAuditEvent } from './audit-event.ts';

/** Different refusals of one minute; what is beyond is counted together. */
const mostKinds = 100;

export interface Refusals<T> {
  readonly watch: RequestHandler;
  /** Tells of those that came again, and forgets what it has counted. */
  readonly tellRepeats: () => T;
}

interface Counted {
  readonly event: NewAuditEvent;
  repeats: number;
}

/**
 * Tells of refused requests (401, 403, and 429 of attempts to log in), however many strangers send: of each address, user,
 * code and route the first one at once, and those that follow as a number, when `tellRepeats` is called.
 * @param tell is given the events; it must not throw
 */
export function createRefusals<T>(tell: (events: readonly NewAuditEvent[]) => T): Refusals<T> {
  let counted = new Map<string, Counted>();

  function count(event: NewAuditEvent): void {
    const key = JSON.stringify(event);
    const known = counted.get(key);
    if (known !== undefined) known.repeats += 1;
    else if (counted.size >= mostKinds && event !== beyond) count(beyond);
    else {
      counted.set(key, { event, repeats: 0 });
      tell([event]);
    }
  }

  const watch: RequestHandler = (req, res, next) => {
    res.once('close', () => {
      const event = refusalOf(req, res);
      if (event !== undefined) count(event);
    });
    next();
  };

  return {
    watch,
    tellRepeats: () => {
      const repeated = [...counted.values()].filter(({ repeats }) => repeats > 0);
      counted = new Map();
      return tell(
        repeated.map(({ event, repeats }) => ({ ...event, details: { ...event.details, repeats } })),
      );
    },
  };
}

const beyond: NewAuditEvent = {
  kind: 'request-refused',
  userId: null,
  address: null,
  details: { code: 'many', request: `of more than ${mostKinds} kinds` },
};

function refusalOf(req: Request, res: Response): NewAuditEvent | undefined {
  const { code, user } = res.locals as { code?: string; user?: { id: number } };
  const { statusCode: status } = res;
  const isRefused = status === 401 || status === 403 || code === 'too-many-attempts';
  // A failed log-in is an event of its own.
  if (!isRefused || code === undefined || code === 'invalid-credentials') return undefined;
  const details = { status, code, request: `${req.method} ${routeOf(req)}` };
  return { kind: 'request-refused', userId: user?.id ?? null, address: addressOf(req), details };
}
