import { topics } from '@shop/contracts';
import type { WireEvent } from '../event.ts';
import { createKafkaConnection, type KafkaConnectionOptions } from './connection.ts';
import { byPartition, type Entry, forgetDone, idOf, messagesAt, readEntries } from './dead-letter-entries.ts';
import { type DeadLetterLog, openDeadLetterLog } from './dead-letter-log.ts';
import { readLetter } from './dead-letter-record.ts';
import { type DeadLetterSender, openDeadLetterSender, type SentAgain } from './dead-letter-sender.ts';

export { deadLetterHeaders } from './dead-letter-record.ts';

/** An event that a group could not handle, once for however often it was put aside. */
export interface KafkaDeadLetter {
  /** `topic/partition/offset` of its first letter: names it until it is redriven. */
  readonly id: string;
  readonly group: string;
  /** Why and when it was put aside last. */
  readonly reason: string;
  readonly failedAt: string;
  /** How often it was put aside, before redrives too. */
  readonly times: number;
  /**
   * Set when the letter holds no message, for that was empty, or too large to be copied: where it was,
   * `topic/partition/offset`; '' when that is not known. `event` has no value then.
   */
  readonly messageAt?: string;
  readonly event: WireEvent;
}

export interface KafkaDeadLetterList {
  /** How many there are. */
  readonly total: number;
  /** The oldest of them, at most 100. */
  readonly letters: readonly KafkaDeadLetter[];
}

export interface DeadLettersDone {
  readonly count: number;
  /** Left as they are. */
  readonly refused: readonly { readonly id: string; readonly why: string }[];
}

/** What operators do with the dead-letter topics. */
export interface KafkaDeadLetters {
  /** The oldest letters that were not redriven since, at most 100. */
  list(): Promise<readonly KafkaDeadLetter[]>;
  /** The same, and how many there are. */
  overview(): Promise<KafkaDeadLetterList>;
  /**
   * Publishes events on their topics again, all of them without ids; groups that have handled them see a duplicate.
   * They leave the list, and come back when they fail again. Broken off, it may have sent an event that the list
   * still shows, but loses none. It refuses letters that hold no message.
   */
  redrive(ids?: readonly string[]): Promise<DeadLettersDone>;
  /** Takes letters off the list, for good: nobody will handle them. */
  discard(ids: readonly string[]): Promise<DeadLettersDone>;
}

export interface KafkaDeadLettersOptions extends KafkaConnectionOptions {
  /** How long Kafka may take for an answer. */
  readonly limitMs?: number;
}

const listed = 100;

/** Every call connects; it rejects when Kafka leaves it without an answer for half a minute, or has no such topics. */
export function createKafkaDeadLetters(options: KafkaDeadLettersOptions): KafkaDeadLetters {
  const { limitMs = 30_000, ...connectionOptions } = options;
  const connection = createKafkaConnection(connectionOptions);

  async function withLog<T>(work: (log: DeadLetterLog) => Promise<T>): Promise<T> {
    const log = await openDeadLetterLog(connection, limitMs);
    try {
      return await work(log);
    } finally {
      await log.close();
    }
  }

  const overview = () =>
    withLog(async (log) => {
      const entries = await readEntries(log, topics);
      return { total: entries.length, letters: await lettersOf(log, entries.slice(0, listed)) };
    });

  type Work = (sender: DeadLetterSender, log: DeadLetterLog, chosen: readonly Entry[]) => Promise<SentAgain>;
  const finish = (ids: readonly string[] | undefined, work: Work): Promise<DeadLettersDone> =>
    withLog(async (log) => {
      const entries = await readEntries(log, topics);
      const { chosen, unknown } = choose(entries, ids);
      const sender = await openDeadLetterSender(connection, limitMs);
      try {
        const { done, refused } = await work(sender, log, chosen);
        await forgetDone(log, entries, new Set(done)).catch((error) => {
          connection.logger.warn({ err: error }, 'what is done with could not be deleted yet');
        });
        return { count: done.length, refused: [...unknown, ...refused] };
      } finally {
        await sender.close();
      }
    });

  return {
    overview,
    list: async () => (await overview()).letters,
    redrive: (ids) => finish(ids, (sender, log, chosen) => sender.sendAgain(log, chosen)),
    discard: (ids) =>
      finish(ids, async (sender, _log, chosen) => {
        await sender.mark(chosen);
        return { done: chosen, refused: [] };
      }),
  };
}

async function lettersOf(log: DeadLetterLog, entries: readonly Entry[]): Promise<readonly KafkaDeadLetter[]> {
  const letters = new Map<Entry, KafkaDeadLetter>();
  for (const [extent, group] of byPartition(entries)) {
    const lasts = new Map(group.map((entry) => [entry.last, entry]));
    for await (const messages of messagesAt(log, extent, lasts.keys())) {
      for (const message of messages) {
        const entry = lasts.get(Number(message.offset));
        if (entry === undefined) continue;
        letters.set(entry, { id: idOf(entry), times: entry.times, ...readLetter(extent.topic, message) });
      }
    }
  }
  return entries.flatMap((entry) => letters.get(entry) ?? []);
}

function choose(entries: readonly Entry[], ids: readonly string[] | undefined) {
  if (ids === undefined) return { chosen: entries, unknown: [] };
  const known = new Set(entries.map(idOf));
  const why = 'there is no such dead letter, or it is done with';
  return {
    chosen: entries.filter((entry) => ids.includes(idOf(entry))),
    unknown: ids.filter((id) => !known.has(id)).map((id) => ({ id, why })),
  };
}
