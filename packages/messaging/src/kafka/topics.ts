import { setTimeout as delay } from 'node:timers/promises';
import { partitionsPerTopic, topics } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { Admin, IResourceConfigEntry } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';

/** Where the messages of a topic go that a consumer could not handle. */
export const deadLetterTopic = (topic: string) => `${topic}.dead-letter`;

const week = 7 * 24 * 3_600_000;
/** KafkaJS reads no other compression than gzip, and a broker may recompress what it gets. */
const compression = { name: 'compression.type', value: 'uncompressed' };
/** Half as long as inboxes remember, so that what comes again is known. */
const eventSettings = [compression, { name: 'retention.ms', value: String(week) }];
/** Somebody has to look at them first. */
const letterSettings = [compression, { name: 'retention.ms', value: '-1' }];

const patienceMs = 30_000;
const pauseMs = 200;

/**
 * Creates every topic that is not there yet, with the partitions that the contract names: a topic that a broker
 * made by itself would have one, and raising it later breaks the order of keys.
 * @throws the broker's last error when not every partition has a leader after half a minute
 */
export async function createTopics({ kafka, nameOf, logger }: KafkaConnection): Promise<void> {
  const settings = new Map(
    topics.flatMap((topic) => [
      [nameOf(topic), eventSettings],
      [nameOf(deadLetterTopic(topic)), letterSettings],
    ]),
  );
  const admin = kafka.admin();
  await admin.connect();
  try {
    const partitions = await persistently(() => createAll(admin, settings), logger);
    for (const [topic, count] of partitions) {
      if (count !== partitionsPerTopic)
        logger.warn({ topic, partitions: count, wanted: partitionsPerTopic }, 'a topic is not of our making');
    }
  } finally {
    await admin.disconnect();
  }
}

/** @returns how many partitions each topic has. */
async function createAll(
  admin: Admin,
  settings: ReadonlyMap<string, IResourceConfigEntry[]>,
): Promise<readonly [string, number][]> {
  await admin.createTopics({
    // KafkaJS would wait for leaders, but not for brokers to know the topic.
    waitForLeaders: false,
    topics: [...settings].map(([topic, configEntries]) => ({
      topic,
      numPartitions: partitionsPerTopic,
      replicationFactor: -1,
      configEntries,
    })),
  });
  // Rejects as long as a topic is unknown, or one of its partitions has no leader.
  const metadata = await admin.fetchTopicMetadata({ topics: [...settings.keys()] });
  return metadata.topics.map(({ name, partitions }) => [name, partitions.length]);
}

/** A cluster that has just been started refuses for a while: too few brokers, unknown topics, no leaders. */
async function persistently<T>(work: () => Promise<T>, logger: Logger): Promise<T> {
  const deadline = performance.now() + patienceMs;
  for (let attempt = 1; ; attempt++) {
    try {
      return await work();
    } catch (error) {
      if (performance.now() > deadline) throw error;
      if (attempt === 1) logger.warn({ err: error }, 'waiting for the brokers to have all topics');
    }
    await delay(pauseMs);
  }
}
