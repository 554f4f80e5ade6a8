import { setTimeout as delay } from 'node:timers/promises';
import {
  addressOf,
  bearerToken,
  createRequestRate,
  createShares,
  createTurns,
  type TokenVerifier,
} from '@shop/service-kit';
import { type Request, type Response, Router } from 'express';
import type { StorefrontConfig } from './config.ts';
import { asksForStream } from './event-streams.ts';
import { problem } from './problems.ts';
import { costOf, isLongRequest, serviceOf } from './route-table.ts';

/** Probes all come from one address, and must not fail because others there ask too much. */
const probes = new Set(['/healthz', '/readyz']);

/** How long a request waits for those of its address that came before it. */
const turnWaitMs = 5_000;

/** A client that asks again as soon as it is refused would cost as much as one that is served. */
const refusalDelayMs = 1_000;

/**
 * Limits how many requests of each cost an address, and a user, may make in a time, and how many of an address are
 * answered and forwarded at once, so that one that asks for much is slow itself instead of all others. Only users whose
 * token is valid are told apart: nobody may use up the requests of another by a token of their own making.
 */
export function limitClients(config: StorefrontConfig, verifier: TokenVerifier): Router {
  const router = Router();
  if (!config.limitClients) return router;
  const rates = {
    read: {
      perAddress: createRequestRate('reads-per-address', config.readsPerAddress),
      perUser: createRequestRate('reads-per-user', config.readsPerUser),
    },
    write: {
      perAddress: createRequestRate('writes-per-address', config.writesPerAddress),
      perUser: createRequestRate('writes-per-user', config.writesPerUser),
    },
    expensive: {
      perAddress: createRequestRate('expensive-per-address', config.expensivePerAddress),
      perUser: createRequestRate('expensive-per-user', config.expensivePerUser),
    },
  };
  const requests = limitAtOnce(config.requestsAtOncePerAddress);
  const streams = limitAtOnce(config.streamsPerAddress);
  const atOnce = config.forwardedAtOncePerAddress;
  const turns = {
    read: createTurns(atOnce, turnWaitMs),
    write: createTurns(atOnce, turnWaitMs),
    expensive: createTurns(Math.ceil(atOnce / 2), turnWaitMs),
  };
  const count = async (req: Request, res: Response) => {
    const address = addressOf(req);
    const cost = costOf(req);
    const { perAddress, perUser } = rates[cost];
    await perAddress.count(res, address);
    // It may have left meanwhile, and would not close again.
    if (res.destroyed) return;
    const [url = '', path = ''] = [req.url, req.path].map((each) => each.replace(/^\/api/i, ''));
    const { method } = req;
    const isStream = asksForStream({ method, path });
    (isStream ? streams : requests)(res, address);
    const user = await userOf(req, verifier);
    if (user !== undefined) await perUser.count(res, String(user));
    if (isStream || isLongRequest({ method, url })) return;
    // A line for each service and cost: what is slow holds up nothing else that this address asks for.
    if (!(await turns[cost](`${address} ${serviceOf(url)}`, res))) throw tooManyAtOnce(atOnce);
  };
  return router.use(async (req, res, next) => {
    if (probes.has(req.path)) return next();
    await count(req, res).catch((refusal: unknown) => refuse(res, refusal));
    next();
  });
}

async function refuse(res: Response, refusal: unknown): Promise<never> {
  // Nobody works on what the client has sent behind it on this connection.
  res.set('Connection', 'close');
  // Not all at the same time, or they would come back together.
  await delay(refusalDelayMs * (1 + Math.random()), undefined, { ref: false });
  throw refusal;
}

/** Each reply that is not over takes memory, most of all those that nobody reads. */
function limitAtOnce(most: number) {
  const take = createShares(most);
  return (res: Response, address: string): void => {
    const giveBack = take(address);
    if (giveBack !== undefined) return void res.once('close', giveBack);
    throw tooManyAtOnce(most);
  };
}

const tooManyAtOnce = (most: number) => {
  const detail = `One address is answered ${most} such requests at once. Wait for the replies.`;
  return problem('too-many-requests', { detail, retryAfter: 1 });
};

async function userOf(req: Request, verifier: TokenVerifier): Promise<number | undefined> {
  if (req.get('authorization') === undefined) return undefined;
  try {
    return (await verifier.verify(bearerToken(req))).id;
  } catch {
    // The service says what is wrong with the token, where it needs one.
    return undefined;
  }
}
