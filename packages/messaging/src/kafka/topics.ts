import { setTimeout as delay } from 'node:timers/promises';
import { partitionsPerTopic, topics } from '@shop/contracts';
import type { Admin } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';

/** Where the messages of a topic go that a consumer could not handle. */
export const deadLetterTopic = (topic: string) => `${topic}.dead-letter`;

const patienceMs = 30_000;
const pauseMs = 200;

/**
 * Creates every topic that is not there yet, with the partitions that the contract names: a topic that a broker
 * made by itself would have one, and raising it later breaks the order of keys.
 * @throws the broker's last error when not every partition has a leader after half a minute
 */
export async function createTopics({ kafka, nameOf, logger }: KafkaConnection): Promise<void> {
  const names = topics.flatMap((topic) => [nameOf(topic), nameOf(deadLetterTopic(topic))]);
  const admin = kafka.admin();
  await admin.connect();
  try {
    const partitions = await persistently(() => createAll(admin, names));
    for (const [topic, count] of partitions) {
      if (count !== partitionsPerTopic)
        logger.warn({ topic, partitions: count, wanted: partitionsPerTopic }, 'a topic is not of our making');
    }
  } finally {
    await admin.disconnect();
  }
}

/** @returns how many partitions each topic has. */
async function createAll(admin: Admin, names: readonly string[]): Promise<readonly [string, number][]> {
  await admin.createTopics({
    // KafkaJS would wait for leaders, but not for brokers to have heard of the topic.
    waitForLeaders: false,
    topics: names.map((topic) => ({ topic, numPartitions: partitionsPerTopic, replicationFactor: -1 })),
  });
  // Rejects as long as a topic is unknown, or one of its partitions has no leader.
  const metadata = await admin.fetchTopicMetadata({ topics: [...names] });
  return metadata.topics.map(({ name, partitions }) => [name, partitions.length]);
}

/** A cluster that has just been started refuses for a while: too few brokers, unknown topics, no leaders. */
async function persistently<T>(work: () => Promise<T>): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (;;) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
    }
    await delay(pauseMs);
  }
}
