import { setTimeout as delay } from 'node:timers/promises';

export interface Limit {
  /** Rejects after the time, and says what has taken so long. */
  within<T>(what: string, work: Promise<T>): Promise<T>;
  close(): Promise<void>;
}

/** A time limit for all that is asked of some clients, which KafkaJS goes on trying behind our back. */
export function createLimit(limitMs: number, disconnect: () => readonly Promise<unknown>[]): Limit {
  const atWork = new Set<Promise<unknown>>();
  const disconnectAll = () => Promise.allSettled(disconnect());
  return {
    within: async (what, work) => {
      const done = new AbortController();
      const tooLong = delay(limitMs, undefined, { signal: done.signal }).then(() => {
        throw new Error(`${what} has taken longer than ${limitMs / 1_000} s`);
      });
      atWork.add(work);
      const finish = () => void atWork.delete(work);
      work.then(finish, finish);
      try {
        return await Promise.race([work, tooLong]);
      } finally {
        done.abort();
      }
    },
    close: async () => {
      const closed = disconnectAll();
      if (atWork.size === 0) await closed;
      // What was given up connects once more for its next attempt.
      else void Promise.allSettled(atWork).then(disconnectAll);
    },
  };
}
