import { setTimeout as delay } from 'node:timers/promises';
import { isKeyBusy, isStoredFailure } from './stripe-errors.ts';

export interface KeyedRequest<T> {
  /** A pure function of what is asked for, so that it outlives this process. */
  readonly key: string;
  readonly send: (key: string) => Promise<T>;
  /** Looks for the effect of an earlier request whose answer was a failure all the same. */
  readonly findEffect: () => Promise<T | undefined>;
}

/** More stored failures than this for one thing within a day, and it is Stripe that has to recover first. */
const keys = 5;

/**
 * Sends a request that must take effect once. Stripe repeats the first answer under a key for 24 hours, a 500
 * included: then the effect is looked for, and only if there is none the request goes out under the next key.
 */
export async function sendOnce<T>({ key, send, findEffect }: KeyedRequest<T>): Promise<T> {
  for (let n = 1; ; n++) {
    try {
      return await whenFree(() => send(n === 1 ? key : `${key}:${n}`));
    } catch (error) {
      if (!isStoredFailure(error)) throw error;
      const found = await findEffect();
      if (found !== undefined) return found;
      if (n === keys) throw error;
    }
  }
}

const waitsMs = [50, 100, 200, 400, 800, 800, 800];

/** Several instances may send the same request at once; Stripe lets one through and refuses the others meanwhile. */
async function whenFree<T>(send: () => Promise<T>): Promise<T> {
  for (const waitMs of waitsMs) {
    try {
      return await send();
    } catch (error) {
      if (!isKeyBusy(error)) throw error;
    }
    await delay(waitMs * (0.5 + Math.random()));
  }
  return send();
}
