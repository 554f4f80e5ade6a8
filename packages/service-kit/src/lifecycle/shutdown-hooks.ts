import type { Logger } from '../logger.ts';

export type ShutdownHooks = ReturnType<typeof createShutdownHooks>;

/** Keeps track of what was opened, so that it can be closed in reverse order even when a start fails half-way. */
export function createShutdownHooks(logger: Logger) {
  const opened: { name: string; release: () => unknown }[] = [];
  return {
    /** Remembers how to give back something that was just opened. */
    add: (name: string, release: () => unknown) => {
      opened.push({ name, release });
    },
    /** Gives back everything, last opened first; one that fails is logged and does not stop the others. */
    runAll: async () => {
      for (let last = opened.pop(); last !== undefined; last = opened.pop()) {
        try {
          await last.release();
        } catch (error) {
          logger.error({ err: error, resource: last.name }, 'could not be closed');
        }
      }
    },
  };
}
