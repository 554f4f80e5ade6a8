import type { Admin } from 'kafkajs';
import {
  type DeadLetter,
  type DeadLetters,
  type DeadLettersDone,
  type LeftLetter,
  noSuchLetter,
} from '../dead-letters.ts';
import { createKafkaConnection, type KafkaConnectionOptions, kafkaAnswers } from './connection.ts';
import { doneMark } from './dead-letter-message.ts';
import { letterId, readWaiting, type WaitingLetters } from './dead-letter-reader.ts';
import { isRefusal } from './errors.ts';
import { createKafkaSender, type KafkaSender } from './producer.ts';
import { deadLetterTopic } from './topics.ts';

export interface KafkaDeadLettersOptions extends KafkaConnectionOptions {
  /** How long Kafka may take for its next answer. */
  readonly limitMs?: number;
}

const atOnce = 1_000;

/**
 * The {@link DeadLetters} of the Kafka bus: messages on `<topic>.dead-letter`, until a mark behind one says that it
 * is done. Each call connects, and reads all of them into memory; it rejects when Kafka is silent for half a minute.
 */
export function createKafkaDeadLetters(options: KafkaDeadLettersOptions): DeadLetters {
  const { limitMs = 30_000 } = options;
  const noAnswer = `Kafka does not answer at ${options.brokers.join(', ')}`;
  const connection = createKafkaConnection(options);

  const withWaiting = <T>(
    work: (waiting: WaitingLetters, admin: Admin, onProgress: () => void) => Promise<T>,
  ): Promise<T> =>
    withLimit(limitMs, noAnswer, async (onProgress) => {
      // The clients below would retry for a while; an operator wants to know at once.
      await kafkaAnswers(options).catch((cause: Error) => {
        throw new Error(`${noAnswer}: ${cause.message}`, { cause });
      });
      const admin = connection.kafka.admin();
      try {
        await admin.connect();
        return await work(await readWaiting(connection, admin, onProgress), admin, onProgress);
      } finally {
        await admin.disconnect();
      }
    });

  /** @param handle returns the reason when it refuses a letter. */
  const finish = (
    ids: readonly string[] | undefined,
    handle: (letter: DeadLetter, sender: KafkaSender) => Promise<string | undefined>,
  ): Promise<DeadLettersDone> =>
    withWaiting(async (waiting, admin, onProgress) => {
      const { letters } = waiting;
      const chosen = [...new Set(ids ?? letters.keys())];
      const left: LeftLetter[] = [];
      const sender = createKafkaSender(connection);

      async function finishLetter(id: string): Promise<void> {
        const letter = letters.get(id);
        if (letter === undefined) return void left.push({ id, why: noSuchLetter });
        const why = await handle(letter, sender);
        if (why !== undefined) return void left.push({ id, why });
        // Last: to stop before it repeats the event, to stop after an earlier mark would lose it.
        await sender.send(deadLetterTopic(letter.event.topic), doneMark(letter));
        letters.delete(id);
      }

      try {
        for (let from = 0; from < chosen.length; from += atOnce) {
          await Promise.all(chosen.slice(from, from + atOnce).map(finishLetter));
          onProgress();
        }
      } finally {
        await sender.close();
      }
      await deleteDone(waiting, admin).catch((error) => {
        connection.logger.warn({ err: error }, 'dead letters that are done could not be deleted yet');
      });
      const isEmpty = ({ id }: LeftLetter) => letters.get(id)?.messageAt !== undefined;
      return {
        count: chosen.length - left.length,
        refused: left.filter((one) => ids !== undefined || !isEmpty(one)),
        // That all are to be sent does not mean those that cannot.
        passedOver: left.filter((one) => ids === undefined && isEmpty(one)),
      };
    });

  return {
    list: (limit = 100) =>
      withWaiting(async ({ letters }) => {
        const oldestFirst = [...letters.values()].sort(byAge);
        return { total: letters.size, letters: oldestFirst.slice(0, limit) };
      }),
    show: (id) => withWaiting(async ({ letters }) => letters.get(id)),
    redrive: (ids) => finish(ids, sendAgain),
    discard: (ids) => finish(ids, async () => undefined),
    close: async () => {},
  };
}

const byAge = (a: DeadLetter, b: DeadLetter) =>
  Number(a.failedAt) - Number(b.failedAt) || a.id.localeCompare(b.id, 'en', { numeric: true });

/** @returns why not, when it holds no message or the brokers refuse it. */
async function sendAgain({ messageAt, event }: DeadLetter, sender: KafkaSender): Promise<string | undefined> {
  if (messageAt !== undefined)
    return `it holds no message, which was empty or too large to be copied${messageAt && `: see ${messageAt}`}`;
  try {
    await sender.send(event.topic, event);
    return undefined;
  } catch (error) {
    if (isRefusal(error)) return (error as Error).message;
    throw error;
  }
}

/** Deletes from each partition what is before its first waiting letter: the topics keep their messages for ever. */
async function deleteDone({ letters, partitions }: WaitingLetters, admin: Admin): Promise<void> {
  for (const one of partitions) {
    const { name: topic, partition, first, end } = one;
    let before = first;
    while (before < end && !letters.has(letterId(one, before))) before++;
    if (before > first)
      await admin.deleteTopicRecords({ topic, partitions: [{ partition, offset: String(before) }] });
  }
}

/** KafkaJS retries for minutes, and a fetch may wait for ever: rejects after so long without progress. */
async function withLimit<T>(
  limitMs: number,
  noAnswer: string,
  work: (onProgress: () => void) => Promise<T>,
): Promise<T> {
  let timer: NodeJS.Timeout | undefined;
  const limit = new Promise<never>((_resolve, reject) => {
    timer = setTimeout(() => reject(new Error(`${noAnswer}: nothing for ${limitMs / 1_000} s`)), limitMs);
  });
  try {
    return await Promise.race([work(() => timer?.refresh()), limit]);
  } finally {
    clearTimeout(timer);
  }
}
