import { setTimeout as delay } from 'node:timers/promises';
import type { KafkaMessage } from 'kafkajs';

/** Handles messages; resolves to the offset of the last that is done with, or to nothing when it was broken off. */
type HandleMessages = (messages: readonly KafkaMessage[], partition: number) => Promise<string | undefined>;

/** KafkaJS fetches nothing more from a broker while one of its batches is at work, so work must not last long. */
const holdAfterMs = 500;

export function createHolds(handle: HandleMessages) {
  const held = new Map<number, { readonly from: string; readonly work: ReturnType<HandleMessages> }>();
  const working = new Set<Promise<unknown>>();

  function begin(messages: readonly KafkaMessage[], partition: number) {
    const work = handle(messages, partition);
    working.add(work);
    void work.finally(() => working.delete(work));
    return work;
  }

  return {
    /**
     * How many of these messages, from the first on, have been handled. None when it takes longer: then the partition
     * is paused until they have been, and they are fetched and asked for again. Fewer than all when it was broken off.
     */
    handled: async (
      partition: number,
      messages: readonly KafkaMessage[],
      pause: () => () => void,
    ): Promise<number> => {
      const from = messages[0]?.offset ?? '';
      const earlier = held.get(partition);
      held.delete(partition);
      // The same ones again: when they were paused, and also when the consumer restarted meanwhile.
      const work = earlier?.from === from ? earlier.work : begin(messages, partition);
      const outcome = await Promise.race([work, delay(holdAfterMs, 'slow' as const, { ref: false })]);
      if (outcome !== 'slow') return outcome === undefined ? 0 : countUpTo(messages, outcome);
      held.set(partition, { from, work });
      void work.then(pause());
      return 0;
    },
    /** Resolves when nothing is at work any more. */
    idle: async () => {
      await Promise.allSettled(working);
    },
  };
}

/** Messages come again from the same one on, but not always as many of them. */
const countUpTo = (messages: readonly KafkaMessage[], last: string) =>
  messages.filter(({ offset }) => BigInt(offset) <= BigInt(last)).length;
