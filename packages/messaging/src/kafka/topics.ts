import { partitions, type Topic, topics } from '@shop/contracts';
import { ConstantBackoff, handleWhen, retry } from 'cockatiel';
import type { Admin, IResourceConfigEntry } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';

/** Where the messages of a topic go that a consumer could not handle. */
export const deadLetterTopic = (topic: string) => `${topic}.dead-letter`;

const week = 7 * 24 * 3_600_000;
/** KafkaJS reads no other compression than gzip, and a broker may recompress what it gets. */
const compression = { name: 'compression.type', value: 'uncompressed' };
/** The broker's clock decides: it refuses what comes from one that is an hour ahead. */
const timestamps = { name: 'message.timestamp.type', value: 'LogAppendTime' };
/** Half as long as inboxes remember, so that what comes again is known. */
const eventConfig = [compression, timestamps, { name: 'retention.ms', value: String(week) }];
/** For ever: an operator has to look at them first. */
const letterConfig = [compression, timestamps, { name: 'retention.ms', value: '-1' }];

const patienceMs = 30_000;
const pauseMs = 200;

export interface Replication {
  readonly replicationFactor?: number | undefined;
  readonly minInsyncReplicas?: number | undefined;
}

/**
 * What topics are created with: as told, else three copies of which two must have an event, where there are three
 * brokers. What is left open is up to the brokers.
 */
export function replicationFor(brokers: number, told: Replication): Replication {
  const isTold = told.replicationFactor !== undefined || told.minInsyncReplicas !== undefined;
  return isTold || brokers < 3 ? told : { replicationFactor: 3, minInsyncReplicas: 2 };
}

/**
 * Creates every topic that is not there yet, with the partitions that the contract names: a topic that a broker
 * made by itself would have one, and raising it later breaks the order of keys.
 * @throws the broker's last error when not every partition has a leader after half a minute
 */
export async function createTopics(
  { kafka, nameOf, logger }: KafkaConnection,
  replication: Replication,
): Promise<void> {
  const wanted = topics.flatMap((topic) => [
    describe(nameOf(topic), topic, eventConfig),
    describe(nameOf(deadLetterTopic(topic)), topic, letterConfig),
  ]);
  const deadline = performance.now() + patienceMs;
  // A cluster that has just been started refuses for a while: too few brokers, unknown topics, no leaders.
  const patiently = retry(
    handleWhen(() => performance.now() < deadline),
    { maxAttempts: Number.MAX_SAFE_INTEGER, backoff: new ConstantBackoff(pauseMs) },
  );
  patiently.onRetry((failure) => {
    if (failure.attempt === 1)
      logger.warn({ err: 'error' in failure && failure.error }, 'waiting for the brokers to have all topics');
  });
  const admin = kafka.admin();
  await admin.connect();
  try {
    const found = await patiently.execute(async () => {
      const { brokers } = await admin.describeCluster();
      return createAll(admin, wanted, replicationFor(brokers.length, replication));
    });
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
  configEntries,
});

/** @returns how many partitions each topic has. */
async function createAll(
  admin: Admin,
  wanted: readonly ReturnType<typeof describe>[],
  { replicationFactor = -1, minInsyncReplicas: min }: Replication,
): Promise<ReadonlyMap<string, number>> {
  const insync = min === undefined ? [] : [{ name: 'min.insync.replicas', value: String(min) }];
  const known = new Set(await admin.listTopics());
  const missing = wanted.filter(({ topic }) => !known.has(topic));
  // A service that may create none finds those that it uses made for it.
  if (missing.length > 0)
    await admin.createTopics({
      // KafkaJS would wait for leaders, but not for brokers to know the topic.
      waitForLeaders: false,
      topics: missing.map((topic) => ({
        ...topic,
        replicationFactor,
        configEntries: [...topic.configEntries, ...insync],
      })),
    });
  // Rejects as long as a topic is unknown, or one of its partitions has no leader.
  const metadata = await admin.fetchTopicMetadata({ topics: wanted.map(({ topic }) => topic) });
  return new Map(metadata.topics.map((found) => [found.name, found.partitions.length]));
}
