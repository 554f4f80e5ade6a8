import type { Topic } from '@shop/contracts';
import type { Admin } from 'kafkajs';
import { createKafkaConnection, type KafkaConnectionOptions, kafkaAnswers } from './connection.ts';

export interface Subscribed {
  readonly topic: Topic;
  readonly group: string;
}

/** A partition of which a group has not handled all that was published before some time. */
export interface PartitionBehind extends Subscribed {
  readonly partition: number;
  /** How many messages. */
  readonly behind: number;
}

/**
 * What groups have not handled yet of what was published before that time (Unix milliseconds). Only reads.
 * @throws Error when Kafka does not answer, or has no such topic
 */
export async function readPartitionsBehind(
  options: KafkaConnectionOptions,
  subscribed: readonly Subscribed[],
  before: number,
): Promise<PartitionBehind[]> {
  // KafkaJS would retry for a while; an operator wants to know at once.
  await kafkaAnswers(options);
  const { kafka, nameOf } = createKafkaConnection(options);
  const admin = kafka.admin();
  try {
    await admin.connect();
    const known = await admin.listTopics();
    const found = subscribed.map((each) => {
      const [topic, groupId] = [nameOf(each.topic), nameOf(each.group)];
      if (!known.includes(topic)) throw new Error(`this Kafka has no topic ${topic}`);
      return partitionsBehind(admin, topic, groupId, before).then((behind) =>
        behind.map((partition) => ({ ...each, ...partition })),
      );
    });
    return (await Promise.all(found)).flat();
  } finally {
    await admin.disconnect();
  }
}

async function partitionsBehind(admin: Admin, topic: string, groupId: string, before: number) {
  const [kept, due, committed] = await Promise.all([
    admin.fetchTopicOffsets(topic),
    admin.fetchTopicOffsetsByTimestamp(topic, before),
    admin.fetchOffsets({ groupId, topics: [topic] }),
  ]);
  const offsets = new Map(
    committed[0]?.partitions.map(({ partition, offset }) => [partition, Number(offset)]),
  );
  return kept.flatMap(({ partition, low, high }) => {
    // -1: nothing is that young, or nothing was committed.
    const at = Number(due.find((each) => each.partition === partition)?.offset ?? -1);
    const end = at < 0 ? Number(high) : at;
    const handled = Math.max(Number(low), offsets.get(partition) ?? -1);
    return handled < end ? [{ partition, behind: end - handled }] : [];
  });
}
