import type { Topic } from '@shop/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { DeadLetterLog, LogExtent, LogPartition } from './dead-letter-log.ts';
import { entryOf, type Mark, readLetter, readMark } from './dead-letter-record.ts';

/** The letters of one event and group. It holds offsets only: topics may keep more messages than memory takes. */
export interface Entry {
  readonly name: string;
  readonly in: LogExtent;
  /** How often the event was put aside, whether redriven since or not. */
  readonly times: number;
  /** When it was put aside first, in milliseconds. */
  readonly since: number;
  /** Where its letters are that were not redriven. */
  readonly first: number;
  readonly last: number;
}

export const idOf = ({ in: { topic, partition }, first }: Entry) => `${topic}/${partition}/${first}`;

/** What waits for an operator in these topics, oldest first. */
export async function readEntries(log: DeadLetterLog, topics: readonly Topic[]): Promise<readonly Entry[]> {
  const entries: Entry[] = [];
  for (const topic of topics) {
    for (const extent of await log.extents(topic)) entries.push(...(await readPartition(log, extent)));
  }
  return entries.sort((a, b) => a.since - b.since);
}

async function readPartition(log: DeadLetterLog, extent: LogExtent): Promise<readonly Entry[]> {
  const found = new Map<string, { times: number; since: number; offsets: number[] }>();

  function addLetter(message: KafkaMessage): void {
    const name = entryOf(readLetter(extent.topic, message));
    const letters = found.get(name) ?? { times: 0, since: Number(message.timestamp), offsets: [] };
    letters.times++;
    letters.offsets.push(Number(message.offset));
    found.set(name, letters);
  }

  /** Not what came later: the event may have failed again before its mark was written. */
  function forget({ entry, upTo, times, since }: Mark): void {
    const offsets = (found.get(entry)?.offsets ?? []).filter((offset) => offset > upTo);
    found.set(entry, { times: times + offsets.length, since, offsets });
  }

  for (let next = extent.first; next < extent.end; ) {
    for (const message of await log.fetch(extent, next)) {
      next = Number(message.offset) + 1;
      if (next > extent.end) break;
      const mark = readMark(message);
      if (mark === undefined) addLetter(message);
      else forget(mark);
    }
  }
  return [...found].flatMap(([name, { times, since, offsets }]) => {
    const [first, last] = [offsets[0], offsets.at(-1)];
    return first === undefined || last === undefined ? [] : [{ name, in: extent, times, since, first, last }];
  });
}

/** The messages at these offsets, in their order, a piece at a time; without those that are gone by now. */
export async function* messagesAt(
  log: DeadLetterLog,
  partition: LogPartition,
  offsets: Iterable<number>,
): AsyncGenerator<readonly KafkaMessage[]> {
  const wanted = new Set(offsets);
  let rest = [...wanted].sort((a, b) => a - b);
  while (rest[0] !== undefined) {
    const piece = await log.fetch(partition, rest[0]);
    yield piece.filter(({ offset }) => wanted.has(Number(offset)));
    const readTo = Number(piece.at(-1)?.offset);
    rest = rest.filter((offset) => offset > readTo);
  }
}

/** The same entries, by partition. */
export function byPartition(entries: Iterable<Entry>): ReadonlyMap<LogExtent, readonly Entry[]> {
  const groups = new Map<LogExtent, Entry[]>();
  for (const entry of entries) {
    const group = groups.get(entry.in);
    if (group === undefined) groups.set(entry.in, [entry]);
    else group.push(entry);
  }
  return groups;
}

/** Deletes from each partition what is before its first letter that still waits: their topics keep it for ever. */
export async function forgetDone(
  log: DeadLetterLog,
  entries: readonly Entry[],
  done: ReadonlySet<Entry>,
): Promise<void> {
  for (const [extent, group] of byPartition(entries)) {
    const waiting = group.filter((entry) => !done.has(entry)).map(({ first }) => first);
    const before = Math.min(extent.end, ...waiting);
    if (before > extent.first && waiting.length < group.length) await log.forget(extent, before);
  }
}
