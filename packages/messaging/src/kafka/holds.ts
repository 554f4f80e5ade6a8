import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';

export interface Holds {
  /**
   * How many of these messages, from the first on, have been handled. None when it takes longer: then the partition is
   * paused until they have been, and they are fetched and asked for again. Fewer than all when it was broken off.
   */
  handled(partition: number, messages: readonly KafkaMessage[], pause: () => () => void): Promise<number>;
}

/** KafkaJS fetches nothing more from a broker while one of its batches is at work, so work must not last long. */
const holdAfterMs = 500;

interface Held {
  readonly from: string;
  /** The offset of the last message that is done with; undefined until then. */
  upTo?: string | undefined;
}

export function createHolds(handle: (messages: readonly KafkaMessage[]) => Promise<number>): Holds {
  const held = new Map<number, Held>();

  /** Messages come again from the same one on, but not always as many of them. */
  function handledEarlier(partition: number, messages: readonly KafkaMessage[]): number {
    const { from, upTo } = held.get(partition) ?? {};
    held.delete(partition);
    if (upTo === undefined || messages[0]?.offset !== from) return 0;
    return messages.filter(({ offset }) => BigInt(offset) <= BigInt(upTo)).length;
  }

  return {
    handled: async (partition, messages, pause) => {
      const earlier = handledEarlier(partition, messages);
      if (earlier > 0) return earlier;
      const work = handle(messages);
      const slow = new AbortController();
      const outcome = await Promise.race([work, tooLong(slow.signal)]);
      slow.abort();
      if (outcome !== 'slow') return outcome;
      const entry: Held = { from: messages[0]?.offset ?? '' };
      held.set(partition, entry);
      const resume = pause();
      void work.then((count) => {
        entry.upTo = messages[count - 1]?.offset;
        resume();
      });
      return 0;
    },
  };
}

async function tooLong(signal: AbortSignal): Promise<'slow'> {
  await delay(holdAfterMs, undefined, { signal }).catch(() => {});
  return 'slow';
}
