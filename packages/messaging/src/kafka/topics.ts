import { setTimeout as delay } from 'node:timers/promises';
import { partitions, type Topic, topics } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { Admin, IResourceConfigEntry, ITopicConfig } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';

/** Where the messages of a topic go that a consumer could not handle. */
export const deadLetterTopic = (topic: string) => `${topic}.dead-letter`;

const week = 7 * 24 * 3_600_000;
/** KafkaJS reads no other compression than gzip, and a broker may recompress what it gets. */
const compression = { name: 'compression.type', value: 'uncompressed' };
/** Half as long as inboxes remember, so that what comes again is known. */
const eventSettings = [compression, { name: 'retention.ms', value: String(week) }];
/** For ever: an operator has to look at them first. */
const letterSettings = [compression, { name: 'retention.ms', value: '-1' }];

const patienceMs = 30_000;
const pauseMs = 200;

/**
 * Creates every topic that is not there yet, with the partitions that the contract names: a topic that a broker
 * made by itself would have one, and raising it later breaks the order of keys.
 * @throws the broker's last error when not every partition has a leader after half a minute
 */
export async function createTopics({ kafka, nameOf, logger }: KafkaConnection): Promise<void> {
  const wanted = topics.flatMap((topic) => [
    describe(nameOf(topic), topic, eventSettings),
    describe(nameOf(deadLetterTopic(topic)), topic, letterSettings),
  ]);
  const admin = kafka.admin();
  await admin.connect();
  try {
    const found = await persistently(() => createAll(admin, wanted), logger);
    for (const { topic, numPartitions } of wanted) {
      const count = found.get(topic);
      if (count !== numPartitions)
        logger.warn({ topic, partitions: count, wanted: numPartitions }, 'a topic is not of our making');
    }
  } finally {
    await admin.disconnect();
  }
}

const describe = (name: string, topic: Topic, configEntries: IResourceConfigEntry[]) => ({
  topic: name,
  numPartitions: partitions[topic],
  replicationFactor: -1,
  configEntries,
});

/** @returns how many partitions each topic has. */
async function createAll(
  admin: Admin,
  wanted: readonly ITopicConfig[],
): Promise<ReadonlyMap<string, number>> {
  await admin.createTopics({
    // KafkaJS would wait for leaders, but not for brokers to know the topic.
    waitForLeaders: false,
    topics: [...wanted],
  });
  // Rejects as long as a topic is unknown, or one of its partitions has no leader.
  const metadata = await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
  return new Map(metadata.topics.map((found) => [found.name, found.partitions.length]));
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
