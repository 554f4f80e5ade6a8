import { AssignerProtocol, type Cluster, type Kafka, type KafkaMessage } from 'kafkajs';

export interface KafkaReader {
  connect(): Promise<void>;
  /** What follows from an offset on: at least one message, about half a megabyte. */
  fetch(topic: string, partition: number, offset: number): Promise<readonly KafkaMessage[]>;
  disconnect(): Promise<void>;
}

const pieceBytes = 512 * 1024;

/**
 * Reads without a group: joining one takes seconds, can leave a member without partitions, and leaves the group's
 * name behind. KafkaJS shows its brokers to assigners of partitions only, so we pose as one that is never asked.
 */
export function createKafkaReader(kafka: Kafka): KafkaReader {
  let seen: Cluster | undefined;
  const consumer = kafka.consumer({
    groupId: 'never-joined',
    allowAutoTopicCreation: false,
    partitionAssigners: [
      (shown) => {
        seen = shown.cluster;
        return neverAsked;
      },
    ],
  });
  const cluster = seen as Cluster | undefined;
  if (cluster === undefined) throw new Error('this version of KafkaJS keeps its brokers to itself');
  return {
    connect: () => consumer.connect(),
    disconnect: () => consumer.disconnect(),
    fetch: (topic, partition, offset) =>
      fetchOnce(cluster, topic, partition, offset).catch(async (error) => {
        // The leader may have moved.
        await cluster.refreshMetadata();
        throw error;
      }),
  };
}

async function fetchOnce(cluster: Cluster, topic: string, partition: number, offset: number) {
  await cluster.addTargetTopic(topic);
  const [nodeId] = Object.keys(cluster.findLeaderForPartitions(topic, [partition]));
  if (nodeId === undefined) throw new Error(`${topic} has no partition ${partition}`);
  const broker = await cluster.findBroker({ nodeId });
  const partitions = [{ partition, fetchOffset: String(offset), maxBytes: pieceBytes }];
  const reply: FetchReply = await broker.fetch({
    maxWaitTime: 500,
    maxBytes: pieceBytes,
    topics: [{ topic, partitions }],
  });
  const messages = reply.responses
    .flatMap((response) => response.partitions)
    .flatMap((one) => one.messages)
    // A broker answers with the whole batch that an offset is in.
    .filter((message) => Number(message.offset) >= offset);
  if (messages.length === 0) throw new Error(`${topic} gives nothing for ${partition}/${offset}`);
  return messages;
}

interface FetchReply {
  readonly responses: readonly { readonly partitions: readonly { readonly messages: KafkaMessage[] }[] }[];
}

const neverAsked = {
  name: 'never-asked',
  version: 0,
  assign: async () => [],
  protocol: ({ topics }: { topics: string[] }) => ({
    name: 'never-asked',
    metadata: AssignerProtocol.MemberMetadata.encode({ version: 0, topics, userData: Buffer.alloc(0) }),
  }),
};
