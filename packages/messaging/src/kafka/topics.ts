import { partitionsPerTopic, topics } from '@shop/contracts';
import type { KafkaConnection } from './connection.ts';

/** Where the messages of a topic go that a consumer could not handle. */
export const deadLetterTopic = (topic: string) => `${topic}.dead-letter`;

/**
 * Creates every topic that is not there yet, with the partitions that the contract names: a topic that a broker
 * made by itself would have one, and raising it later breaks the order of keys.
 */
export async function createTopics({ kafka, nameOf }: KafkaConnection): Promise<void> {
  const admin = kafka.admin();
  await admin.connect();
  try {
    const wanted = topics.flatMap((topic) => [topic, deadLetterTopic(topic)]);
    await admin.createTopics({
      waitForLeaders: true,
      topics: wanted.map((topic) => ({
        topic: nameOf(topic),
        numPartitions: partitionsPerTopic,
        replicationFactor: -1,
      })),
    });
  } finally {
    await admin.disconnect();
  }
}
