import { setTimeout as delay } from 'node:timers/promises';
import type { Topic } from '@shop/contracts';
import { partitionsPerTopic } from '@shop/contracts';
import type { EachBatchPayload, KafkaMessage } from 'kafkajs';
import type { Deliver, Subscription } from '../event-bus.ts';
import type { KafkaConnection } from './connection.ts';
import { createHolds } from './holds.ts';
import { toWireEvent } from './message.ts';

export interface KafkaSubscription extends Subscription {
  /** Rejects when the consumer has stopped for good, or has not been heard of for too long. */
  check(): void;
}

export interface KafkaConsumerOptions {
  readonly connection: KafkaConnection;
  readonly group: string;
  readonly topic: Topic;
  readonly deliver: Deliver;
  /** The consumer has stopped for good; nothing is lost, but only a new process will go on. */
  readonly onCrash: (error: Error) => void;
}

/** How long the partitions of a killed instance wait. Slow handlers do not need it longer: see `holds.ts`. */
const sessionTimeoutMs = 15_000;
const heartbeatMs = 3_000;
const silentForMs = 45_000;
const redeliverMs = 1_000;

/**
 * A member of a consumer group. The offset of a message moves only after it has been handled; while a handler
 * takes its time, its partition is paused, and heartbeats and the other partitions go on. What a handler throws
 * never reaches KafkaJS: there a TypeError would stop the consumer for good.
 */
export async function startKafkaConsumer(options: KafkaConsumerOptions): Promise<KafkaSubscription> {
  const { connection, group, topic, deliver, onCrash } = options;
  const { kafka, logger, nameOf } = connection;
  const closing = new AbortController();
  const consumer = kafka.consumer({
    groupId: nameOf(group),
    sessionTimeout: sessionTimeoutMs,
    heartbeatInterval: heartbeatMs,
    rebalanceTimeout: 60_000,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    retry: { restartOnFailure: async () => !closing.signal.aborted },
  });
  let heardAt = performance.now();
  let crashed: Error | undefined;
  const heard = () => {
    heardAt = performance.now();
  };
  consumer.on(consumer.events.HEARTBEAT, heard);
  consumer.on(consumer.events.FETCH, heard);
  consumer.on(consumer.events.CRASH, ({ payload: { error, restart } }) => {
    logger.error({ err: error, group, topic, restart }, 'the consumer crashed');
    if (restart || closing.signal.aborted) return;
    crashed = error;
    onCrash(error);
  });

  /** Until it is handled, or we stop: a message is never passed over. */
  async function handle(message: KafkaMessage): Promise<void> {
    const event = toWireEvent(topic, message);
    for (;;) {
      try {
        return await deliver(event, closing.signal);
      } catch (error) {
        if (closing.signal.aborted) throw error;
        logger.warn({ err: error, group, topic, key: event.key }, 'a message could not be put aside yet');
        await delay(redeliverMs, undefined, { signal: closing.signal });
      }
    }
  }

  const holds = createHolds(handle);

  async function eachBatch(payload: EachBatchPayload): Promise<void> {
    const { batch, heartbeat, resolveOffset, commitOffsetsIfNecessary, isRunning, isStale, pause } = payload;
    for (const message of batch.messages) {
      if (closing.signal.aborted || !isRunning() || isStale()) return;
      // Not handled yet: the partition is paused, or we stop and its next owner begins with this message.
      if (!(await holds.handled(batch.partition, message, pause))) return;
      resolveOffset(message.offset);
      await commitOffsetsIfNecessary();
      await heartbeat();
    }
  }

  await consumer.connect();
  await consumer.subscribe({ topic: nameOf(topic), fromBeginning: true });
  // Not awaited: joining a group takes as long as its slowest member, and requests can be answered meanwhile.
  const running = consumer
    .run({
      eachBatch,
      eachBatchAutoResolve: false,
      autoCommitInterval: 1_000,
      partitionsConsumedConcurrently: partitionsPerTopic,
    })
    .catch((error: Error) => {
      if (closing.signal.aborted) return;
      crashed = error;
      onCrash(error);
    });

  return {
    check: () => {
      if (crashed !== undefined) throw crashed;
      const silentMs = performance.now() - heardAt;
      if (silentMs > silentForMs)
        throw new Error(`${group} has not been heard of for ${Math.round(silentMs)} ms`);
    },
    close: async () => {
      closing.abort(new Error(`${group} has left`));
      await consumer.disconnect();
      await running;
    },
  };
}
