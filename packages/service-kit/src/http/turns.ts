import { Semaphore, type SemaphoreInterface, withTimeout } from 'async-mutex';

/**
 * Lets each owner do so many things at a time; the next ones wait in a line of that owner's, and hold nobody else up.
 * @param waitMs how long one waits at most
 * @returns waits for a turn, and gives what is to be called when it is over; or nothing when none came in time
 */
export function createTurns(most: number, waitMs: number) {
  const lines = new Map<string, SemaphoreInterface>();
  return async (owner: string): Promise<(() => void) | undefined> => {
    const line = lines.get(owner) ?? withTimeout(new Semaphore(most), waitMs);
    lines.set(owner, line);
    const release = await line.acquire().then(
      ([, done]) => done,
      () => undefined,
    );
    return (
      release &&
      (() => {
        release();
        // Nobody has a turn or waits for one.
        if (line.getValue() === most) lines.delete(owner);
      })
    );
  };
}
