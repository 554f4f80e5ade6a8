import type { Logger } from '@shop/service-kit';

export interface Job {
  /** Does not wait for the pause to end. During a run it asks for another one right after it. */
  soon(): void;
  /** Waits for the run under way; there is none after it. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, never twice at once; `pauseMs` lie between the end of a run and the next. */
export function every(pauseMs: number, work: () => Promise<unknown>, logger: Logger): Job {
  let stopped = false;
  let again = false;
  let timer: NodeJS.Timeout | undefined;
  let run: Promise<void> | undefined;
  const start = () => {
    clearTimeout(timer);
    again = false;
    run = work()
      .then(() => {})
      .catch((error: unknown) => logger.warn({ err: error }, 'a periodic job failed and will be tried again'))
      .finally(next);
  };
  const next = () => {
    run = undefined;
    if (stopped) return;
    if (again) start();
    else timer = setTimeout(start, pauseMs);
  };
  next();
  return {
    soon: () => {
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
