import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';

export interface Holds {
  /**
   * True once the message has been handled. False when it takes longer: then its partition is paused until it has
   * been, and the message is fetched and asked for again. False too when the handling was broken off.
   */
  handled(partition: number, message: KafkaMessage, pause: () => () => void): Promise<boolean>;
}

/** KafkaJS fetches nothing more from a broker while one of its batches is at work, so work must not last long. */
const holdAfterMs = 500;

interface Held {
  readonly offset: string;
  done: boolean;
}

export function createHolds(handle: (message: KafkaMessage) => Promise<void>): Holds {
  const held = new Map<number, Held>();

  function hold(partition: number, offset: string, work: Promise<boolean>, resume: () => void): void {
    const entry: Held = { offset, done: false };
    held.set(partition, entry);
    void work.then((handled) => {
      entry.done = handled;
      resume();
    });
  }

  return {
    handled: async (partition, message, pause) => {
      const earlier = held.get(partition);
      held.delete(partition);
      if (earlier?.offset === message.offset && earlier.done) return true;
      const work = handle(message).then(
        () => true,
        () => false,
      );
      const slow = new AbortController();
      const outcome = await Promise.race([work, tooLong(slow.signal)]);
      slow.abort();
      if (outcome !== 'slow') return outcome;
      hold(partition, message.offset, work, pause());
      return false;
    },
  };
}

async function tooLong(signal: AbortSignal): Promise<'slow'> {
  await delay(holdAfterMs, undefined, { signal }).catch(() => {});
  return 'slow';
}
