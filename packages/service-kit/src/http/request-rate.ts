import type { Response } from 'express';
import { RateLimiterMemory, RateLimiterRes } from 'rate-limiter-flexible';
import type { Rate } from '../config/settings.ts';
import { problem } from '../problems/problems.ts';

export type RequestRate = ReturnType<typeof createRequestRate>;

/**
 * A limit on how many requests each caller may make in a time, counted by this instance alone.
 * @param name of the limit, in the headers and problems that callers get: `read-per-address`
 */
export function createRequestRate(name: string, rate: Rate) {
  const limiter = new RateLimiterMemory(rate);
  const policy = `"${name}";q=${rate.points};w=${rate.duration}`;
  return {
    /**
     * Counts one more request of a caller, and says what is left to them in `RateLimit-Policy` and `RateLimit`, beside
     * what other limits have said there: https://datatracker.ietf.org/doc/draft-ietf-httpapi-ratelimit-headers/10/
     * @throws Problem `too-many-requests`, with Retry-After, beyond the limit
     */
    count: async (res: Response, caller: string): Promise<void> => {
      const { consumedPoints, remainingPoints, msBeforeNext } = await limiter
        .consume(caller)
        .catch((refusal: unknown) => {
          if (refusal instanceof RateLimiterRes) return refusal;
          throw refusal;
        });
      const seconds = Math.max(1, Math.ceil(msBeforeNext / 1_000));
      addItem(res, 'RateLimit-Policy', policy);
      addItem(res, 'RateLimit', `"${name}";r=${remainingPoints};t=${seconds}`);
      if (consumedPoints <= rate.points) return;
      const detail = `${rate.points} such requests in ${rate.duration} s are taken (${name}). Try again in ${seconds} s.`;
      throw problem('too-many-requests', { detail, retryAfter: seconds });
    },
  };
}

function addItem(res: Response, header: string, item: string): void {
  const before = res.getHeader(header);
  res.setHeader(header, before === undefined ? item : `${before}, ${item}`);
}
