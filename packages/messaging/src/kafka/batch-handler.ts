import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Deliver } from '../event-bus.ts';
import { createHolds } from './holds.ts';
import { toWireEvent } from './message.ts';

export interface BatchHandlerOptions {
  readonly group: string;
  readonly topic: Topic;
  readonly deliver: Deliver;
  readonly logger: Logger;
  /** The consumer is to end. */
  readonly closing: AbortSignal;
}

const redeliverMs = 1_000;

/**
 * Handles messages one by one; the offset moves only past what has been handled. While a handler takes its time, its
 * partition is paused, and heartbeats and the other partitions go on. What a handler throws never reaches KafkaJS:
 * there a TypeError would stop the consumer for good.
 */
export function createBatchHandler(
  options: BatchHandlerOptions,
): (payload: EachBatchPayload) => Promise<void> {
  const { group, topic, deliver, logger, closing } = options;

  /** Until it is handled, or we stop: a message is never passed over. */
  async function handle(message: KafkaMessage): Promise<void> {
    const event = toWireEvent(topic, message);
    for (;;) {
      try {
        return await deliver(event, closing);
      } catch (error) {
        if (closing.aborted) throw error;
        logger.warn({ err: error, group, topic, key: event.key }, 'a message could not be put aside yet');
        await delay(redeliverMs, undefined, { signal: closing });
      }
    }
  }

  const holds = createHolds(handle);

  return async ({ batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale, pause }) => {
    for (const message of batch.messages) {
      if (closing.aborted || !isRunning() || isStale()) return;
      // Not handled yet: the partition is paused, or we stop and its next owner begins with this message.
      if (!(await holds.handled(batch.partition, message, pause))) return;
      resolveOffset(message.offset);
      await commitOffsetsIfNecessary();
      await heartbeat();
    }
  };
}
