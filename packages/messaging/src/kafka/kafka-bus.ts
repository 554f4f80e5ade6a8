import type { EventBus } from '../event-bus.ts';
import { createKafkaConnection, type KafkaConnectionOptions } from './connection.ts';
import { type KafkaSubscription, startKafkaConsumer } from './consumer.ts';
import { deadLetterHeaders } from './dead-letters.ts';
import { createKafkaSender } from './producer.ts';
import { createTopics, deadLetterTopic } from './topics.ts';

export interface KafkaBusOptions extends KafkaConnectionOptions {
  /** A consumer has stopped for good: end the process, so that a new one goes on. */
  readonly onCrash?: (error: Error) => void;
}

export interface KafkaBus extends EventBus {
  /** Creates the topics and connects the producer. Rejects while no broker answers. */
  connect(): Promise<void>;
}

/**
 * The {@link EventBus} on Apache Kafka. At-least-once; in order per key, for a key has one partition and a partition
 * one consumer of a group. A message that cannot be handled yet holds its partition.
 */
export function createKafkaBus(options: KafkaBusOptions): KafkaBus {
  const connection = createKafkaConnection(options);
  const { onCrash = () => {} } = options;
  const sender = createKafkaSender(connection);
  const subscriptions = new Set<KafkaSubscription>();
  let closed = false;
  const requireOpen = () => {
    if (closed) throw new Error('the event bus is closed');
  };
  return {
    connect: async () => {
      await createTopics(connection);
      await sender.connect();
    },
    publish: (event) => sender.send(event.topic, event),
    subscribe: async (group, topic, deliver) => {
      requireOpen();
      const subscription = await startKafkaConsumer({ connection, group, topic, deliver, onCrash });
      subscriptions.add(subscription);
      return {
        close: async () => {
          subscriptions.delete(subscription);
          await subscription.close();
        },
      };
    },
    deadLetter: (group, event, reason) => {
      const headers = { ...event.headers, ...deadLetterHeaders(group, reason) };
      return sender.send(deadLetterTopic(event.topic), { ...event, headers });
    },
    check: async () => {
      requireOpen();
      for (const subscription of subscriptions) subscription.check();
    },
    close: async () => {
      closed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await sender.close();
    },
  };
}
