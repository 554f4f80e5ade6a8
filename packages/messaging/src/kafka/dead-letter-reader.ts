import { randomUUID } from 'node:crypto';
import { topics } from '@shop/contracts';
import { ExponentialBackoff, handleWhen, retry } from 'cockatiel';
import type { Admin, Batch } from 'kafkajs';
import type { DeadLetter } from '../dead-letters.ts';
import type { KafkaConnection } from './connection.ts';
import { readDoneMark, toDeadLetter } from './dead-letter-message.ts';
import { deadLetterTopic } from './topics.ts';

type LetterPartition = Awaited<ReturnType<typeof findPartitions>>[number];

export type WaitingLetters = Awaited<ReturnType<typeof readWaiting>>;

/** @param partition `topic` is that of the events, as everywhere here; `name` is that of the dead letters. */
export const letterId = ({ topic, partition }: LetterPartition, offset: number | string) =>
  `${topic}/${partition}/${offset}`;

/** Leaders and coordinators move, and what is new has none for a moment. */
const persistently = retry(
  handleWhen((error) => (error as { retriable?: boolean }).retriable === true),
  { maxAttempts: 8, backoff: new ExponentialBackoff({ initialDelay: 100, maxDelay: 2_000 }) },
);

/**
 * Reads all dead-letter topics from their first message to their current end: by id what no operator has redriven or
 * discarded, in the order of each partition.
 */
export const readWaiting = (connection: KafkaConnection, admin: Admin, onProgress: () => void) =>
  persistently.execute(async () => {
    const partitions = await findPartitions(connection, admin);
    const letters = new Map<string, DeadLetter>();
    const done: string[] = [];
    await readToEnd(connection, admin, partitions, (partition, { messages }) => {
      onProgress();
      for (const message of messages) {
        const mark = readDoneMark(message);
        const id = letterId(partition, message.offset);
        if (mark === undefined) letters.set(id, toDeadLetter(partition.topic, message, id));
        else done.push(mark);
      }
    });
    for (const id of done) letters.delete(id);
    return { letters, partitions };
  });

/** The partitions that hold anything, from their first offset up to that of the message that comes next. */
async function findPartitions({ nameOf }: KafkaConnection, admin: Admin) {
  // Asked for the offsets of an unknown topic, KafkaJS retries for long.
  const known = await admin.listTopics();
  const found = topics.map(async (topic) => {
    const name = nameOf(deadLetterTopic(topic));
    if (!known.includes(name)) throw new Error(`this Kafka has no topic ${name}`);
    const offsets = await admin.fetchTopicOffsets(name);
    return offsets.map(({ partition, low, high }) => ({
      topic,
      name,
      partition,
      first: Number(low),
      end: Number(high),
    }));
  });
  return (await Promise.all(found)).flat().filter(({ first, end }) => first < end);
}

/** A group of its own for each read: several operators can read at the same time, and each sees everything. */
async function readToEnd(
  { kafka, nameOf }: KafkaConnection,
  admin: Admin,
  partitions: readonly LetterPartition[],
  onBatch: (partition: LetterPartition, batch: Batch) => void,
): Promise<void> {
  if (partitions.length === 0) return;
  const unread = new Map(partitions.map((one) => [`${one.name}/${one.partition}`, one]));
  const groupId = nameOf(`dead-letters-${randomUUID()}`);
  const retry = { restartOnFailure: async () => false };
  const consumer = kafka.consumer({ groupId, allowAutoTopicCreation: false, maxWaitTimeInMs: 500, retry });
  try {
    await consumer.connect();
    await consumer.subscribe({ topics: partitions.map(({ name }) => name), fromBeginning: true });
    await new Promise<void>((resolve, reject) => {
      consumer.on(consumer.events.CRASH, ({ payload }) => reject(payload.error));
      const eachBatch = async ({ batch }: { batch: Batch }) => {
        const name = `${batch.topic}/${batch.partition}`;
        const partition = unread.get(name);
        if (partition === undefined) return;
        onBatch(partition, batch);
        if (Number(batch.lastOffset()) + 1 >= partition.end) unread.delete(name);
        if (unread.size === 0) resolve();
      };
      consumer.run({ autoCommit: false, eachBatch }).catch(reject);
    });
  } finally {
    await consumer.disconnect();
    // If that fails, the broker removes the empty group within minutes.
    await admin.deleteGroups([groupId]).catch(() => {});
  }
}
