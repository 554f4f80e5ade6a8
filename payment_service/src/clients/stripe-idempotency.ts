import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import { isKeyBusy, isStoredFailure } from './stripe-errors.ts';

export interface KeyedRequest<T> {
  /** A pure function of what is asked for, so that it outlives this process. */
  readonly key: string;
  readonly send: (key: string) => Promise<T>;
  /** Looks for the effect of an earlier request whose answer was a failure all the same. */
  readonly findEffect: () => Promise<T | undefined>;
}

/** Several instances may send the same request at once; Stripe lets one through and refuses the others meanwhile. */
const whenFree = retry(handleWhen(isKeyBusy), {
  maxAttempts: 7,
  backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 800 }),
});

/** More stored failures than this for one thing within a day, and it is Stripe that has to recover first. */
const keys = 5;

/**
 * Sends a request that must take effect once. Stripe repeats the first answer under a key for 24 hours, a 500
 * included: then the effect is looked for, and only if there is none the request goes out under the next key.
 */
export async function sendOnce<T>({ key, send, findEffect }: KeyedRequest<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await whenFree.execute(() => send(n === 1 ? key : `${key}:${n}`));
    } catch (error) {
      if (!isStoredFailure(error)) throw error;
      const found = await findEffect();
      if (found !== undefined) return found;
      if (n === keys) throw error;
    }
  }
}
