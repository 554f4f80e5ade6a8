import { Semaphore, type SemaphoreInterface, withTimeout } from 'async-mutex';
import type { Response } from 'express';

/**
 * Lets so many requests of each owner be worked on at a time; the next ones wait in a line of that owner's, and hold nobody
 * else up. A turn is over when the reply is.
 * @param waitMs how long one waits at most
 * @returns waits for a turn, and says whether it came in time
 */
export function createTurns(most: number, waitMs: number) {
  const lines = new Map<string, SemaphoreInterface>();
  return async (owner: string, res: Response): Promise<boolean> => {
    const line = lines.get(owner) ?? withTimeout(new Semaphore(most), waitMs);
    lines.set(owner, line);
    const release = await line.acquire().then(
      ([, done]) => done,
      () => undefined,
    );
    if (release === undefined) return false;
    const over = () => {
      release();
      // Nobody has a turn or waits for one.
      if (line.getValue() === most) lines.delete(owner);
    };
    if (res.closed) over();
    else res.once('close', over);
    return true;
  };
}
