import type { Topic } from '@shop/contracts';
import type { KafkaMessage } from 'kafkajs';
import { attemptsOf, type DeadLetter } from '../dead-letters.ts';
import type { WireEvent } from '../event.ts';
import { toWireEvent } from './message.ts';

const prefix = 'dead_letter_';
const groupHeader = `${prefix}group`;
const reasonHeader = `${prefix}reason`;
const originHeader = `${prefix}origin`;
const doneHeader = `${prefix}done`;

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
  ...(origin !== undefined && { [originHeader]: origin }),
});

/** @param topic of the event, not of the dead letter. */
export function toDeadLetter(topic: Topic, message: KafkaMessage, id: string): DeadLetter {
  const wire = toWireEvent(topic, message);
  const { key, value, headers } = wire;
  const own = Object.entries(headers).filter(([name]) => !name.startsWith(prefix));
  return {
    id,
    group: headers[groupHeader] ?? '',
    reason: headers[reasonHeader] ?? '',
    attempts: attemptsOf(wire),
    failedAt: new Date(Number(message.timestamp)),
    ...(value.length === 0 && { messageAt: headers[originHeader] ?? '' }),
    event: { topic, key, value, headers: Object.fromEntries(own) },
  };
}

/**
 * Says that a dead letter is done: Kafka cannot delete a single message. The key brings it into the letter's
 * partition, behind it, so that both are deleted together.
 */
export const doneMark = ({ id, event: { topic, key } }: DeadLetter): WireEvent => ({
  topic,
  key,
  headers: { [doneHeader]: id },
  value: Buffer.alloc(0),
});

/** @returns the id of the letter that is done; undefined for a letter, whatever headers its event brings. */
export const readDoneMark = ({ headers = {} }: KafkaMessage): string | undefined =>
  headers[groupHeader] === undefined ? headers[doneHeader]?.toString() : undefined;
