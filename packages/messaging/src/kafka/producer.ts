import { setTimeout as delay } from 'node:timers/promises';
import { type ICustomPartitioner, Partitioners, type Producer, type RecordMetadata } from 'kafkajs';
import type { WireEvent } from '../event.ts';
import { EventRefusedError } from '../event-bus.ts';
import type { KafkaConnection } from './connection.ts';
import { isRefusal, isTimeout } from './errors.ts';
import { toKafkaMessage } from './message.ts';

export interface KafkaSender {
  connect(): Promise<void>;
  /** Resolves once all in-sync replicas have the event. */
  send(topic: string, event: WireEvent): Promise<void>;
  /** Lets the batch in hand finish, for some seconds; rejects what waits. */
  close(): Promise<void>;
}

const batchSize = 500;
/** More than brokers that answer ever leave waiting. */
const mostWaiting = 10_000;
/** How long a broker waits for its replicas: it has to say no before we stop listening. */
const ackMs = 8_000;
const closeLimitMs = 5_000;

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
export function createKafkaSender({ kafka, nameOf, logger }: KafkaConnection): KafkaSender {
  const partitions = recordPartitions();
  const producer: Producer = kafka.producer({
    allowAutoTopicCreation: false,
    idempotent: false,
    maxInFlightRequests: 1,
    createPartitioner: partitions.createPartitioner,
    // Few: the caller retries anyway, and others wait behind.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
  });
  const waiting: Waiting[] = [];
  let sending: Promise<void> | undefined;
  let connected = false;
  let closed = false;

  async function sendToBrokers(batch: readonly Waiting[]): Promise<void> {
    const names = [...new Set(batch.map(({ topic }) => topic))];
    const topicMessages = names.map((name) => ({
      topic: nameOf(name),
      messages: batch.filter(({ topic }) => topic === name).map(({ event }) => toKafkaMessage(event)),
    }));
    await connect();
    partitions.forget();
    partitions.requireAllIn(await producer.sendBatch({ acks: -1, timeout: ackMs, topicMessages }));
  }

  async function sendBatch(batch: readonly Waiting[]): Promise<void> {
    try {
      await sendToBrokers(batch);
      for (const { resolve } of batch) resolve();
    } catch (error) {
      // One message that the broker refuses must not take the others with it.
      if (batch.length > 1 && isRefusal(error)) for (const one of batch) await sendBatch([one]);
      else for (const { reject } of batch) reject(isRefusal(error) ? refused(error) : error);
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
    send: (topic, event) =>
      new Promise((resolve, reject) => {
        if (closed) return reject(new Error('the event bus is closed'));
        if (waiting.length >= mostWaiting) return reject(new Error('too many events wait for the brokers'));
        waiting.push({ topic, event, resolve, reject });
        sending ??= drain();
      }),
    close: async () => {
      closed = true;
      for (const { reject } of waiting.splice(0)) reject(new Error('the event bus is closed'));
      await Promise.race([sending, delay(closeLimitMs, undefined, { ref: false })]);
      await producer.disconnect();
    },
  };
}

const refused = (error: unknown) =>
  new EventRefusedError(error instanceof Error ? error.message : String(error), { cause: error });

/**
 * Which partitions a batch went to, and whether all of them were acknowledged. KafkaJS keeps the reply of a broker
 * through its own retries: when a partition moves to a broker that has answered already, it sends that partition's
 * messages to nobody, and says that all is well.
 */
function recordPartitions() {
  const chosen = new Set<string>();
  const nameOf = (topic: string, partition: number) => `${topic}[${partition}]`;
  const createPartitioner: ICustomPartitioner = () => {
    const choose = Partitioners.DefaultPartitioner();
    return (args) => {
      const partition = choose(args);
      chosen.add(nameOf(args.topic, partition));
      return partition;
    };
  };
  return {
    createPartitioner,
    forget: () => chosen.clear(),
    requireAllIn: (acknowledged: readonly RecordMetadata[]) => {
      const known = new Set(acknowledged.map(({ topicName, partition }) => nameOf(topicName, partition)));
      const missing = [...chosen].filter((name) => !known.has(name));
      if (missing.length > 0) throw new Error(`no broker has acknowledged ${missing.join(', ')}`);
    },
  };
}
