import { setTimeout as pause } from 'node:timers/promises';
import type { Logger } from '../logger.ts';

export interface Job {
  /** Ends the pause. During a run, another one follows right after it. */
  runSoon(): void;
  /** Waits for the current run; there is none after it. */
  stop(): Promise<void>;
}

/**
 * Runs `work` again and again, never twice at once; `pauseMs` lie between the end of a run and the next. None when it
 * resolves to true, which says that there is more to do: so work without end is done in small parts, and stops soon.
 */
export function schedule(pauseMs: number, work: () => Promise<unknown>, logger: Logger): Job {
  let stopped = false;
  let pausing = new AbortController();

  // One loop, in the context of its making: a request that asks for a run must neither pay for it, and for all runs
  // after it, with its time for the database, nor lend them its trace.
  const loop = async () => {
    let more: unknown = false;
    for (;;) {
      if (more !== true) await pause(pauseMs, undefined, { signal: pausing.signal }).catch(() => {});
      if (stopped) return;
      pausing = new AbortController();
      more = await work().catch((error: unknown) =>
        logger.warn({ err: error }, 'a periodic job failed and will be tried again'),
      );
    }
  };
  const ended = loop();

  return {
    runSoon: () => pausing.abort(),
    stop: () => {
      stopped = true;
      pausing.abort();
      return ended;
    },
  };
}
