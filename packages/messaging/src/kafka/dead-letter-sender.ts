import { type KafkaMessage, Partitioners } from 'kafkajs';
import type { KafkaConnection } from './connection.ts';
import { byPartition, type Entry, idOf, messagesAt } from './dead-letter-entries.ts';
import { createLimit } from './dead-letter-limit.ts';
import type { DeadLetterLog, LogExtent } from './dead-letter-log.ts';
import { type LetterRecord, readLetter, toMarkMessage, withoutLetterHeaders } from './dead-letter-record.ts';
import { isRefusal } from './errors.ts';
import { createKafkaSender, type KafkaSender } from './producer.ts';
import { deadLetterTopic } from './topics.ts';

interface Refusal {
  readonly id: string;
  readonly why: string;
}

export interface SentAgain {
  readonly done: readonly Entry[];
  readonly refused: readonly Refusal[];
}

export interface DeadLetterSender {
  /** Events on their topics, per partition in the order in which they failed first; then their marks. */
  sendAgain(log: DeadLetterLog, entries: readonly Entry[]): Promise<SentAgain>;
  /** Marks alone. */
  mark(entries: readonly Entry[]): Promise<void>;
  close(): Promise<void>;
}

/** @param limitMs how long Kafka may take for an answer. */
export async function openDeadLetterSender(
  connection: KafkaConnection,
  limitMs: number,
): Promise<DeadLetterSender> {
  const sender = createKafkaSender(connection);
  const marker = createMarker(connection);
  const { within, close } = createLimit(limitMs, () => [sender.close(), marker.disconnect()]);
  try {
    await within('connecting to Kafka', Promise.all([sender.connect(), marker.connect()]));
  } catch (error) {
    await close();
    throw error;
  }

  const mark = (extent: LogExtent, entries: readonly Entry[]) =>
    within('marking what was redriven', marker.mark(extent, entries));

  /** To die between the two sends an event twice; the other way round would lose it. */
  async function sendPiece(extent: LogExtent, letters: readonly Letter[]): Promise<SentAgain> {
    const refused = await within('sending events', sendEvents(sender, letters));
    const done = letters.map(({ entry }) => entry).filter((entry) => !refused.has(entry));
    await mark(extent, done);
    return { done, refused: [...refused].map(([entry, why]) => ({ id: idOf(entry), why })) };
  }

  return {
    sendAgain: async (log, entries) => {
      const done: Entry[] = [];
      const refused: Refusal[] = [];
      for (const [extent, group] of byPartition(entries)) {
        const firsts = new Map(group.map((entry) => [entry.first, entry]));
        for await (const messages of messagesAt(log, extent, firsts.keys())) {
          const piece = await sendPiece(extent, lettersOf(messages, firsts));
          done.push(...piece.done);
          refused.push(...piece.refused);
        }
      }
      return { done, refused };
    },
    mark: async (entries) => {
      for (const [extent, group] of byPartition(entries)) await mark(extent, group);
    },
    close,
  };
}

/** @returns why not, for each that holds no message or that the brokers will never take. */
async function sendEvents(
  sender: KafkaSender,
  letters: readonly Letter[],
): Promise<ReadonlyMap<Entry, string>> {
  const refused = new Map<Entry, string>();
  const sends = letters.map(async ({ entry, messageAt, event }) => {
    if (messageAt !== undefined) return refused.set(entry, emptyReason(messageAt));
    await sender.send(event.topic, withoutLetterHeaders(event)).catch((error) => {
      if (!isRefusal(error)) throw error;
      refused.set(entry, error.message);
    });
  });
  await Promise.all(sends);
  return refused;
}

function createMarker({ kafka, nameOf }: KafkaConnection) {
  const producer = kafka.producer({
    allowAutoTopicCreation: false,
    maxInFlightRequests: 1,
    createPartitioner: Partitioners.DefaultPartitioner,
    // Few: an operator asks again.
    retry: { initialRetryTime: 100, maxRetryTime: 2_000, retries: 5 },
  });
  return {
    connect: () => producer.connect(),
    disconnect: () => producer.disconnect(),
    mark: async ({ topic, partition }: LogExtent, entries: readonly Entry[]) => {
      if (entries.length === 0) return;
      const messages = entries.map(({ name, last, times, since }) =>
        toMarkMessage({ entry: name, upTo: last, times, since }, partition),
      );
      const name = nameOf(deadLetterTopic(topic));
      await producer.send({ acks: -1, topic: name, messages });
    },
  };
}

interface Letter extends LetterRecord {
  readonly entry: Entry;
}

const lettersOf = (messages: readonly KafkaMessage[], entries: ReadonlyMap<number, Entry>) =>
  messages.flatMap((message): Letter[] => {
    const entry = entries.get(Number(message.offset));
    return entry === undefined ? [] : [{ ...readLetter(entry.in.topic, message), entry }];
  });

const emptyReason = (messageAt: string) =>
  `it holds no message, which was empty or too large to be copied${messageAt && `: see ${messageAt}`}`;
