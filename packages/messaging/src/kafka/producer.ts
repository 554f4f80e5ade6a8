import { Partitioners, type Producer } from 'kafkajs';
import type { WireEvent } from '../event.ts';
import type { KafkaConnection } from './connection.ts';
import { toKafkaMessage } from './message.ts';

export interface KafkaSender {
  connect(): Promise<void>;
  /** Resolves once all in-sync replicas have the event. */
  send(topic: string, event: WireEvent): Promise<void>;
  /** Sends what waits, then closes. */
  close(): Promise<void>;
}

const batchSize = 500;

interface Waiting {
  readonly topic: string;
  readonly event: WireEvent;
  readonly resolve: () => void;
  readonly reject: (error: unknown) => void;
}

/**
 * One producer that sends one batch at a time; what arrives meanwhile makes up the next. With the idempotent
 * producer and sends side by side KafkaJS acknowledges and loses messages when a reply is dropped; like this a
 * lost reply costs duplicates, which the inboxes drop.
 */
export function createKafkaSender({ kafka, nameOf }: KafkaConnection): KafkaSender {
  const producer: Producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
  });
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  let closed = false;

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    const names = [...new Set(batch.map(({ topic }) => topic))];
    const topicMessages = names.map((name) => ({
      topic: nameOf(name),
      messages: batch.filter(({ topic }) => topic === name).map(({ event }) => toKafkaMessage(event)),
    }));
    try {
      await producer.sendBatch({ acks: -1, topicMessages });
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One message that the broker refuses must not take the others with it.
      if (batch.length > 1 && isRefusal(error)) for (const one of batch) await sendBatch([one]);
      else for (const { reject } of batch) reject(error);
    }
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0) await sendBatch(waiting.splice(0, batchSize));
    sending = undefined;
  }

  return {
    connect: () => producer.connect(),
    send: (topic, event) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the event bus is closed'));
        waiting.push({ topic, event, resolve, reject });
        sending ??= drain();
      }),
    close: async () => {
      closed = true;
      await sending;
      await producer.disconnect();
    },
  };
}

/** The broker says no to what is in the batch, rather than not answering. */
const isRefusal = (error: unknown) => {
  const { name, retriable } = error as { name?: string; retriable?: boolean };
  return retriable === false && name !== 'KafkaJSNumberOfRetriesExceeded';
};
