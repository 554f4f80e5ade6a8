import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Deliver } from '../event-bus.ts';
import { createLanes } from '../lanes.ts';
import { pause } from '../pause.ts';
import { createHolds } from './holds.ts';
import { toWireEvent } from './message.ts';

interface BatchHandlerOptions {
  readonly group: string;
  readonly topic: Topic;
  readonly deliver: Deliver;
  readonly logger: Logger;
  /** The consumer is to end. */
  readonly closing: AbortSignal;
}

/** Messages of a partition that are handled side by side, as far as their keys differ. */
const atOnce = 100;
const redeliverMs = 1_000;

/**
 * Handles messages in order per key; the offset moves only past what has been handled. While a handler takes its
 * time, its partition is paused, and heartbeats and the other partitions go on. What a handler throws never reaches
 * KafkaJS: there a TypeError would stop the consumer for good.
 */
export function createBatchHandler(options: BatchHandlerOptions) {
  const { group, topic, deliver, logger, closing } = options;

  /** Until it is handled, or we stop: a message is never passed over. */
  async function handle(message: KafkaMessage, partition: number): Promise<void> {
    const event = toWireEvent(topic, message, partition);
    for (;;) {
      closing.throwIfAborted();
      try {
        return await deliver(event, closing);
      } catch (error) {
        if (closing.aborted) throw error;
        logger.warn({ err: error, group, topic, key: event.key }, 'a message could not be dead-lettered yet');
        await pause(redeliverMs, closing);
      }
    }
  }

  /** All, unless we stop: then up to the first that has not been handled. */
  async function handleAll(
    messages: readonly KafkaMessage[],
    partition: number,
  ): Promise<string | undefined> {
    const lanes = createLanes();
    const outcomes = await Promise.allSettled(
      messages.map((message) => lanes.run(message.key?.toString() ?? '', () => handle(message, partition))),
    );
    const unhandled = outcomes.findIndex(({ status }) => status === 'rejected');
    const done = unhandled === -1 ? messages.length : unhandled;
    return messages[done - 1]?.offset;
  }

  const holds = createHolds(handleAll);

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale } = payload;
    let rest = batch.messages;
    while (rest.length > 0) {
      if (closing.aborted || !isRunning() || isStale()) return;
      const next = rest.slice(0, atOnce);
      const count = await holds.handled(batch.partition, next, payload.pause);
      const last = next[count - 1];
      // None handled yet: the partition is paused, or we stop and its next owner begins with them.
      if (last === undefined) return;
      resolveOffset(last.offset);
      await commitOffsetsIfNecessary();
      await heartbeat();
      rest = rest.slice(count);
    }
  }

  // Resolves when no message is in hand any more: a batch is given back while slow ones still are.
  return { eachBatch, idle: holds.idle };
}
