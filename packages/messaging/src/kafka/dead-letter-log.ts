import type { Topic } from '@shop/contracts';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import type { Admin, KafkaMessage } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';
import { createLimit } from './dead-letter-limit.ts';
import { createKafkaReader } from './dead-letter-reader.ts';
import { deadLetterTopic } from './topics.ts';

/** A partition of the dead letters of a topic. */
export interface LogPartition {
  readonly topic: Topic;
  readonly partition: number;
}

export interface LogExtent extends LogPartition {
  readonly first: number;
  /** The offset that its next message will have. */
  readonly end: number;
}

/** The dead-letter topics, read from any offset on, a piece at a time. */
export interface DeadLetterLog {
  /** The partitions that hold anything. Rejects when the topic is not there. */
  extents(topic: Topic): Promise<readonly LogExtent[]>;
  /** What follows from an offset on, which must be there: at least one message, about half a megabyte. */
  fetch(from: LogPartition, offset: number): Promise<readonly KafkaMessage[]>;
  /** Deletes what is before an offset. */
  forget(partition: LogPartition, before: number): Promise<void>;
  close(): Promise<void>;
}

/** @param limitMs how long any answer may take before the call rejects. */
export async function openDeadLetterLog(
  { kafka, nameOf }: KafkaConnection,
  limitMs: number,
): Promise<DeadLetterLog> {
  const admin = kafka.admin();
  const reader = createKafkaReader(kafka);
  const { within, close } = createLimit(limitMs, () => [admin.disconnect(), reader.disconnect()]);
  try {
    await within('connecting to Kafka', Promise.all([admin.connect(), reader.connect()]));
  } catch (error) {
    await close();
    throw error;
  }
  return {
    extents: async (topic) => {
      const name = nameOf(deadLetterTopic(topic));
      const ask = persistently(() => offsetsOf(admin, name));
      const offsets = await within(`asking for the offsets of ${name}`, ask);
      return offsets
        .map(({ partition, low, high }) => ({ topic, partition, first: Number(low), end: Number(high) }))
        .filter(({ first, end }) => first < end);
    },
    fetch: ({ topic, partition }, offset) => {
      const name = nameOf(deadLetterTopic(topic));
      const ask = persistently(() => reader.fetch(name, partition, offset));
      return within(`reading partition ${partition} of ${name} at ${offset}`, ask);
    },
    forget: ({ topic, partition }, before) => {
      const name = nameOf(deadLetterTopic(topic));
      const partitions = [{ partition, offset: String(before) }];
      const ask = admin.deleteTopicRecords({ topic: name, partitions });
      return within(`deleting from ${name}`, ask);
    },
    close,
  };
}

/** Leaders move, and a new topic has none for a moment. */
function persistently<T>(ask: () => Promise<T>): Promise<T> {
  const backoff = new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 });
  return retry(handleAll, { maxAttempts: 8, backoff }).execute(ask);
}

async function offsetsOf(admin: Admin, name: string) {
  // Asked for the offsets of an unknown topic, KafkaJS tries for long.
  await admin.fetchTopicMetadata({ topics: [name] }).catch((error) => {
    if (error.type !== 'UNKNOWN_TOPIC_OR_PARTITION') throw error;
    throw new Error(`this Kafka has no topic ${name}`, { cause: error });
  });
  return admin.fetchTopicOffsets(name);
}
