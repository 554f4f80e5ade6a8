import { setMaxListeners } from 'node:events';
import { setTimeout as delay } from 'node:timers/promises';

/** Waits so many milliseconds; rejects as soon as the signal is aborted. */
export async function pause(ms: number, signal: AbortSignal): Promise<void> {
  // Hundreds of messages may wait on one signal. That is no leak, so Node is not to warn of one.
  setMaxListeners(0, signal);
  await delay(ms, undefined, { signal, ref: false });
}
