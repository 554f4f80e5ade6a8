import { type Topic, topics } from '@shop/contracts';
import { ExponentialBackoff, handleAll, retry } from 'cockatiel';
import type { WireEvent } from '../event.ts';
import { createKafkaConnection, type KafkaConnection, type KafkaConnectionOptions } from './connection.ts';
import { toKafkaMessage, toWireEvent } from './message.ts';
import { deadLetterTopic } from './topics.ts';

const groupHeader = 'dead_letter_group';
const reasonHeader = 'dead_letter_reason';
const timeHeader = 'dead_letter_time';

export const deadLetterHeaders = (group: string, reason: string): Record<string, string> => ({
  [groupHeader]: group,
  [reasonHeader]: reason,
  [timeHeader]: new Date().toISOString(),
});

export interface KafkaDeadLetter {
  /** `topic/partition/offset`: names it for a redrive. */
  readonly id: string;
  readonly group: string;
  readonly reason: string;
  readonly failedAt: string;
  readonly event: WireEvent;
}

export interface KafkaDeadLetters {
  /** All that the dead-letter topics keep, oldest first per partition. */
  list(): Promise<readonly KafkaDeadLetter[]>;
  /** Publishes letters on their topics again; groups that have handled them see a duplicate. @returns how many. */
  redrive(ids?: readonly string[]): Promise<number>;
}

/** What operators do with the dead-letter topics. Kafka deletes nothing by itself: its retention does. */
export function createKafkaDeadLetters(options: KafkaConnectionOptions): KafkaDeadLetters {
  const connection = createKafkaConnection(options);
  const list = async () => (await Promise.all(topics.map((topic) => read(connection, topic)))).flat();
  return {
    list,
    redrive: async (ids) => {
      const letters = (await list()).filter(({ id }) => ids === undefined || ids.includes(id));
      const producer = connection.kafka.producer({ allowAutoTopicCreation: false });
      await producer.connect();
      try {
        for (const { event } of letters) {
          const messages = [toKafkaMessage({ ...event, headers: withoutLetterHeaders(event.headers) })];
          await producer.send({ acks: -1, topic: connection.nameOf(event.topic), messages });
        }
      } finally {
        await producer.disconnect();
      }
      return letters.length;
    },
  };
}

function withoutLetterHeaders(headers: WireEvent['headers']): WireEvent['headers'] {
  const own = new Set([groupHeader, reasonHeader, timeHeader]);
  return Object.fromEntries(Object.entries(headers).filter(([name]) => !own.has(name)));
}

/** Reads one dead-letter topic from its beginning to what is its end now. */
async function read({ kafka, nameOf }: KafkaConnection, topic: Topic): Promise<KafkaDeadLetter[]> {
  const name = nameOf(deadLetterTopic(topic));
  const left = await unread(kafka, name);
  if (left.size === 0) return [];
  const letters: KafkaDeadLetter[] = [];
  const consumer = kafka.consumer({ groupId: nameOf(`dead-letter-reader-${process.pid}-${Date.now()}`) });
  await consumer.connect();
  try {
    await consumer.subscribe({ topic: name, fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      void consumer
        .run({
          autoCommit: false,
          eachMessage: async ({ partition, message }) => {
            const end = left.get(partition);
            if (end === undefined) return;
            letters.push(toLetter(topic, partition, message));
            if (BigInt(message.offset) + 1n >= end) left.delete(partition);
            if (left.size === 0) resolve();
          },
        })
        .catch(reject);
    });
  } finally {
    await consumer.disconnect();
  }
  return letters;
}

/** Partition → the offset at which it ends, of partitions that hold anything. */
async function unread(kafka: KafkaConnection['kafka'], topic: string): Promise<Map<number, bigint>> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const offsets = await whenLed(() => admin.fetchTopicOffsets(topic));
    return new Map(
      offsets.filter(({ high, low }) => high !== low).map(({ partition, high }) => [partition, BigInt(high)]),
    );
  } finally {
    await admin.disconnect();
  }
}

/** Leaders move, and a new topic has none for a moment. */
function whenLed<T>(ask: () => Promise<T>): Promise<T> {
  const policy = retry(handleAll, {
    maxAttempts: 8,
    backoff: new ExponentialBackoff({ initialDelay: 50, maxDelay: 1_000 }),
  });
  return policy.execute(ask);
}

function toLetter(
  topic: Topic,
  partition: number,
  message: Parameters<typeof toWireEvent>[1] & { offset: string },
): KafkaDeadLetter {
  const event = toWireEvent(topic, message);
  return {
    id: `${topic}/${partition}/${message.offset}`,
    group: event.headers[groupHeader] ?? '',
    reason: event.headers[reasonHeader] ?? '',
    failedAt: event.headers[timeHeader] ?? '',
    event,
  };
}
