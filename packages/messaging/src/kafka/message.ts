import type { Topic } from '@shop/contracts';
import type { KafkaMessage } from 'kafkajs';
import type { WireEvent } from '../event.ts';

/** A Kafka message as an event; what is no text in its headers becomes text, what is missing is empty. */
export function toWireEvent(topic: Topic, message: KafkaMessage, partition?: number): WireEvent {
  const { key, value, headers = {}, offset } = message;
  return {
    topic,
    ...(partition !== undefined && { position: `${topic}/${partition}/${offset}` }),
    key: key?.toString('utf8') ?? '',
    value: value ?? Buffer.alloc(0),
    headers: Object.fromEntries(
      Object.entries(headers).flatMap(([name, header]) =>
        header === undefined ? [] : [[name, String(header)]],
      ),
    ),
  };
}
