import { setTimeout as delay } from 'node:timers/promises';
import { type ICustomPartitioner, Partitioners } from 'kafkajs';
import type { WireEvent } from '../event.ts';
import { EventRefusedError } from '../event-bus.ts';
import type { KafkaConnection } from './connection.ts';
import { isRefusal, isTimeout } from './errors.ts';

export type KafkaSender = ReturnType<typeof createKafkaSender>;

const batchSize = 500;
/** More than brokers that answer ever leave waiting. */
const mostWaiting = 10_000;
/** How long a broker waits for its replicas: it has to say no before we stop listening. */
const ackMs = 8_000;
const closeLimitMs = 5_000;
/** Longer than a relay waits for its next try; who has no outbox may not try again, and knows no better. */
const failureCountsMs = 45_000;

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
export function createKafkaSender({ kafka, nameOf, logger }: KafkaConnection) {
  const unacknowledged = new Set<string>();
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    createPartitioner: notePartitions(unacknowledged),
    // Few: the caller retries anyway, and others wait behind.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
  });
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  let connected = false;
  let failure: { readonly error: Error; readonly at: number } | undefined;
  let closed = false;

  async function sendToBrokers(batch: readonly Waiting[]): Promise<void> {
    // KafkaJS puts the messages of a topic together.
    const topicMessages = batch.map(({ topic, event: { key, value, headers } }) => ({
      topic: nameOf(topic),
      messages: [{ key, value, headers: { ...headers } }],
    }));
    await connect();
    unacknowledged.clear();
    const acknowledged = await producer.sendBatch({ acks: -1, timeout: ackMs, topicMessages });
    for (const { topicName, partition } of acknowledged) unacknowledged.delete(`${topicName}[${partition}]`);
    if (unacknowledged.size > 0)
      throw new Error(`no broker has acknowledged ${[...unacknowledged].join(', ')}`);
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await sendToBrokers(batch);
      failure = undefined;
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One message that the broker refuses must not take the others with it.
      if (batch.length > 1 && isRefusal(error)) for (const one of batch) await sendBatch([one]);
      else
        for (const { reject } of batch)
          reject(isRefusal(error) ? new EventRefusedError(error.message, { cause: error }) : error);
      if (!isRefusal(error)) failure = { error: error as Error, at: performance.now() };
      if (isTimeout(error)) await disconnect();
    }
  }

  async function connect(): Promise<void> {
    if (connected) return;
    await producer.connect();
    connected = true;
  }

  /** The next batch connects: by then it has forgotten which broker leads what, and asks one that answers. */
  async function disconnect(): Promise<void> {
    connected = false;
    await producer.disconnect().catch((error) => {
      logger.warn({ err: error }, 'the producer could not be disconnected');
    });
  }

  async function drain(): Promise<void> {
    while (waiting.length > 0 && !closed) await sendBatch(waiting.splice(0, batchSize));
    sending = undefined;
  }

  return {
    connect,
    /** @throws what the last batch failed with, unless that is long ago or was no more than a refusal */
    check: () => {
      if (failure !== undefined && performance.now() - failure.at < failureCountsMs) throw failure.error;
    },
    /** Resolves once all in-sync replicas have the event. */
    send: (topic: string, event: WireEvent) =>
      new Promise<void>((resolve, reject) => {
        if (closed) return reject(new Error('the event bus is closed'));
        if (waiting.length >= mostWaiting) return reject(new Error('too many events wait for the brokers'));
        waiting.push({ topic, event, resolve, reject });
        sending ??= drain();
      }),
    /** Lets the batch in hand finish, for some seconds; rejects what waits. */
    close: async () => {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the event bus is closed'));
      await Promise.race([sending, delay(closeLimitMs, undefined, { ref: false })]);
      await producer.disconnect();
    },
  };
}

/**
 * Notes which partitions a batch goes to, as not all of them may be acknowledged. KafkaJS keeps the reply of a broker
 * through its own retries: when a partition moves to a broker that has answered already, it sends that partition's
 * messages to nobody, and says that all is well.
 */
function notePartitions(chosen: Set<string>): ICustomPartitioner {
  return () => {
    const choose = Partitioners.DefaultPartitioner();
    return (args) => {
      const partition = choose(args);
      chosen.add(`${args.topic}[${partition}]`);
      return partition;
    };
  };
}
