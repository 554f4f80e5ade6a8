import { createHash } from 'node:crypto';
import type { Topic } from '@shop/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { WireEvent } from '../event.ts';
import { toWireEvent } from './message.ts';

const prefix = 'dead_letter_';
const groupHeader = `${prefix}group`;
const reasonHeader = `${prefix}reason`;
const timeHeader = `${prefix}time`;
const originHeader = `${prefix}origin`;
const redrivenHeader = `${prefix}redriven`;

/**
 * What a dead letter says beside its message.
 * @param origin where the message is, for one that is too large to be copied: `topic/partition/offset`
 */
export const deadLetterHeaders = (
  group: string,
  reason: string,
  origin?: string,
): Record<string, string> => ({
  [groupHeader]: group,
  [reasonHeader]: reason,
  [timeHeader]: new Date().toISOString(),
  ...(origin !== undefined && { [originHeader]: origin }),
});

export interface LetterRecord {
  readonly group: string;
  readonly reason: string;
  readonly failedAt: string;
  /** Where its message is, when the letter holds none: `topic/partition/offset`, or '' when that is not known. */
  readonly messageAt?: string;
  readonly event: WireEvent;
}

export function readLetter(topic: Topic, message: KafkaMessage): LetterRecord {
  const event = toWireEvent(topic, message);
  const { headers, value } = event;
  return {
    group: headers[groupHeader] ?? '',
    reason: headers[reasonHeader] ?? '',
    failedAt: headers[timeHeader] ?? '',
    ...(value.length === 0 && { messageAt: headers[originHeader] ?? '' }),
    event,
  };
}

/** The event as it was before it was put aside. */
export const withoutLetterHeaders = (event: WireEvent): WireEvent => ({
  ...event,
  headers: Object.fromEntries(Object.entries(event.headers).filter(([name]) => !name.startsWith(prefix))),
});

/** The same for all letters of one event and group, however often it was redriven and failed again. */
export function entryOf({ group, messageAt = '', event }: LetterRecord): string {
  const { key, headers, value } = event;
  return createHash('sha256')
    .update(JSON.stringify([group, key, headers['ce_id'] ?? '', messageAt]))
    .update(value)
    .digest('base64url');
}

/** The letters of an entry up to an offset are done with. */
export interface Mark {
  readonly entry: string;
  readonly upTo: number;
  /** How many letters that were; marks outlive them. */
  readonly times: number;
  /** When the first of them was written, in milliseconds. */
  readonly since: number;
}

/** Written behind the letters, into their partition: a log forgets single records only by what is added to it. */
export const toMarkMessage = (mark: Mark, partition: number) => ({
  partition,
  value: JSON.stringify(mark),
  headers: { [redrivenHeader]: 'yes' },
});

/** @returns undefined for a letter: that has a group, even when its event brings a header of our name. */
export function readMark({ headers = {}, value }: KafkaMessage): Mark | undefined {
  if (headers[groupHeader] !== undefined || headers[redrivenHeader] === undefined) return undefined;
  return JSON.parse(String(value)) as Mark;
}
