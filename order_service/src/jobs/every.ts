import type { Logger } from '@shop/service-kit';

export interface Job {
  /** Waits for the run under way; there is none after it. */
  stop(): Promise<void>;
}

/** Runs `work` again and again, never twice at once; `pauseMs` lie between the end of a run and the next. */
export function every(pauseMs: number, work: () => Promise<unknown>, logger: Logger): Job {
  let stopped = false;
  let timer: NodeJS.Timeout | undefined;
  let run: Promise<void> = Promise.resolve();
  const next = () => {
    if (stopped) return;
    timer = setTimeout(() => {
      run = work()
        .then(() => {})
        .catch((error: unknown) =>
          logger.warn({ err: error }, 'a periodic job failed and will be tried again'),
        )
        .finally(next);
    }, pauseMs);
  };
  next();
  return {
    stop: async () => {
      stopped = true;
      clearTimeout(timer);
      await run;
    },
  };
}
