import { attemptsOf, withAttempts } from '../dead-letters.ts';
import type { EventBus } from '../event-bus.ts';
import { createKafkaConnection, type KafkaConnectionOptions } from './connection.ts';
import { type ConsumerSettings, type KafkaSubscription, startKafkaConsumer } from './consumer.ts';
import { deadLetterHeaders } from './dead-letter-message.ts';
import { isTooLarge } from './errors.ts';
import { createKafkaSender } from './producer.ts';
import { createTopics, deadLetterTopic, type Replication } from './topics.ts';

export interface KafkaBusOptions extends KafkaConnectionOptions, ConsumerSettings, Replication {}

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
  const sender = createKafkaSender(connection);
  const subscriptions = new Set<KafkaSubscription>();
  let closed = false;
  const requireOpen = () => {
    if (closed) throw new Error('the event bus is closed');
  };
  return {
    connect: async () => {
      await createTopics(connection, options);
      await sender.connect();
    },
    publish: (event) => sender.send(event.topic, event),
    subscribe: async (group, topic, deliver) => {
      requireOpen();
      const subscription = await startKafkaConsumer({ ...options, connection, group, topic, deliver });
      subscriptions.add(subscription);
      return {
        close: async () => {
          subscriptions.delete(subscription);
          await subscription.close();
        },
      };
    },
    deadLetter: async (group, event, reason) => {
      const topic = deadLetterTopic(event.topic);
      const about = deadLetterHeaders(group, reason, event.position);
      try {
        await sender.send(topic, { ...event, headers: { ...event.headers, ...about } });
      } catch (error) {
        if (!isTooLarge(error)) throw error;
        // Where to find it has to do, or it would hold its partition for ever.
        const empty = withAttempts({ ...event, headers: about, value: Buffer.alloc(0) }, attemptsOf(event));
        await sender.send(topic, empty);
      }
    },
    check: async () => {
      requireOpen();
      sender.check();
      for (const subscription of subscriptions) subscription.check();
    },
    close: async () => {
      closed = true;
      await Promise.all([...subscriptions].map((subscription) => subscription.close()));
      await sender.close();
    },
  };
}
