import { AsyncResource } from 'node:async_hooks';
import type { Logger } from '@shop/service-kit';

export interface Job {
  /** Ends the pause. During a run, another one follows right after it. */
  runSoon(): void;
  /** Waits for the current run; there is none after it. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, never twice at once; `pauseMs` lie between the end of a run and the next. */
export function schedule(pauseMs: number, work: () => Promise<void>, logger: Logger): Job {
  let stopped = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let run: Promise<void> | undefined;
  // Always in the context of its making: a request that asks for a run must neither pay for it, and for all runs after
  // it, with its time for the database, nor lend them its trace.
  const start = AsyncResource.bind(() => {
    clearTimeout(timer);
    again = false;
    run = work()
      .catch((error: unknown) => logger.warn({ err: error }, 'a periodic job failed and will be tried again'))
      .finally(next);
  });
  const next = () => {
    run = undefined;
    if (stopped) return;
    if (again) start();
    else timer = setTimeout(start, pauseMs);
  };
  next();
  return {
    runSoon: () => {
      if (run !== undefined) again = true;
      else if (!stopped) start();
    },
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await run;
    },
  };
}
