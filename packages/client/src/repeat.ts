import type { Answer } from './exchange.ts';

export interface RepeatOptions {
  /** Whether the request does no harm when it is sent again and nobody knows what came of it. */
  readonly repeatable: boolean;
  /** The most that is waited for in all. */
  readonly maxWaitMs: number;
  readonly signal?: AbortSignal | undefined;
}

const firstPauseMs = 200;

/**
 * Asks again while that can help: when the shop says so, by Retry-After, which it says only where a repeat is safe; and when
 * there was no answer, if the request is repeatable.
 */
export async function repeat(
  ask: () => Promise<Answer>,
  { repeatable, maxWaitMs, signal }: RepeatOptions,
): Promise<Answer> {
  const deadline = Date.now() + maxWaitMs;
  for (let nth = 0; ; nth++) {
    const answer = await ask();
    const pauseMs = pauseAfter(answer, nth, repeatable);
    if (pauseMs === undefined || Date.now() + pauseMs > deadline) return answer;
    await sleep(pauseMs, signal);
  }
}

function pauseAfter({ problem, ...answer }: Answer, nth: number, repeatable: boolean): number | undefined {
  if (problem === undefined) return undefined;
  const wasLost = problem.code === 'network-error' || problem.code === 'unexpected-reply';
  // The Retry-After of a proxy promises nothing of what the shop did.
  if (wasLost && !repeatable) return undefined;
  const { retryAfter } = answer as { readonly retryAfter?: number };
  if (retryAfter !== undefined) return retryAfter * 1_000 + spread(firstPauseMs);
  const mayPass = problem.status === 0 || problem.status >= 502;
  return wasLost && mayPass ? spread(firstPauseMs * 2 ** nth) : undefined;
}

/** Half to all of it, so that those who failed together do not come back together. */
const spread = (milliseconds: number) => (milliseconds * (1 + Math.random())) / 2;

/** @throws the reason of `signal` */
export function sleep(milliseconds: number, signal?: AbortSignal): Promise<void> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const stop = () => {
      clearTimeout(timer);
      reject(signal?.reason);
    };
    const timer = setTimeout(() => {
      signal?.removeEventListener('abort', stop);
      resolve();
    }, milliseconds);
    signal?.addEventListener('abort', stop, { once: true });
  });
}
