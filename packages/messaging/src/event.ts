import { isUtf8 } from 'node:buffer';
import { randomUUID } from 'node:crypto';
import {
  type EventType,
  eventContracts,
  fields,
  type NewEvent,
  type ShopEvent,
  type Topic,
} from '@shop/contracts';
import { currentTrace, decodeUtf8 } from '@shop/service-kit';
import { Ajv2020 } from 'ajv/dist/2020.js';
import addFormats from 'ajv-formats';

/** An event as it crosses a bus: CloudEvents 1.0 in Kafka's binary mode. */
export interface WireEvent {
  readonly topic: Topic;
  readonly key: string;
  readonly headers: Readonly<Record<string, string>>;
  readonly value: Buffer;
  /** Where a bus found it, for an operator: `topic/partition/offset`. Never sent. */
  readonly position?: string;
}

/** Thrown by a handler for a message that no number of attempts can handle: it becomes a dead letter at once. */
export class PermanentError extends Error {
  override readonly name: string = 'PermanentError';
}

/** An event that breaks its contract. */
export class InvalidEventError extends PermanentError {
  override readonly name = 'InvalidEventError';
}

/** Makes an event with its CloudEvents attributes, in the current trace. */
export function createEvent(event: NewEvent): ShopEvent {
  const traceparent = currentTrace()?.traceparent;
  return {
    ...event,
    id: event.id ?? randomUUID(),
    time: new Date().toISOString(),
    ...(traceparent !== undefined && { traceparent }),
  };
}

/**
 * The bytes and headers of an event.
 * @throws InvalidEventError when the data does not fit the schema of its type: a producer finds its own bug.
 */
export function encodeEvent(event: ShopEvent): WireEvent {
  checkData(event.type, event.data);
  const { topic, version } = eventContracts[event.type];
  return {
    topic,
    key: event.key,
    value: Buffer.from(JSON.stringify(event.data)),
    headers: {
      'content-type': 'application/json',
      ce_specversion: '1.0',
      ce_id: event.id,
      ce_type: event.type,
      ce_source: event.source,
      ce_time: event.time,
      ce_dataschema: `urn:shop:event:${event.type}:${version}`,
      ...(event.traceparent !== undefined && { traceparent: event.traceparent }),
    },
  };
}

/**
 * The event in a message.
 * @throws InvalidEventError for an unknown type, a wrong topic, missing attributes, broken JSON or wrong data.
 */
export function decodeEvent(wire: WireEvent): ShopEvent {
  const { ce_id: id, ce_type: type, ce_source: source, ce_time: time, traceparent } = wire.headers;
  if (type === undefined || !Object.hasOwn(eventContracts, type)) {
    throw new InvalidEventError(`unknown event type ${JSON.stringify(type)}`);
  }
  // What a bus makes of bytes that are no text.
  if ([wire.key, ...Object.values(wire.headers)].some((text) => text.includes('\ufffd')))
    throw new InvalidEventError('the key or a header is not valid UTF-8');
  if (!id || !source || !time) throw new InvalidEventError('ce_id, ce_source and ce_time must be there');
  if (!isStorable(id)) throw new InvalidEventError('ce_id holds characters that PostgreSQL cannot store');
  const known = type as EventType;
  if (eventContracts[known].topic !== wire.topic) {
    throw new InvalidEventError(`${type} does not belong on ${wire.topic}`);
  }
  const data = parse(wire.value);
  checkData(known, data);
  return { id, type, source, time, key: wire.key, data, ...(traceparent && { traceparent }) } as ShopEvent;
}

/** The inbox keeps it. */
const isStorable = (text: string) => new RegExp(fields.text.pattern, 'u').test(text);

function parse(value: Buffer): unknown {
  try {
    return JSON.parse(decodeUtf8(value));
  } catch (cause) {
    const what = isUtf8(value) ? 'JSON' : 'valid UTF-8';
    throw new InvalidEventError(`the data is not ${what}`, { cause });
  }
}

const ajv = new Ajv2020({ allErrors: true, allowUnionTypes: true });
addFormats.default(ajv);
const validators = new Map(
  Object.entries(eventContracts).map(([type, { schema }]) => [type, ajv.compile(schema)]),
);

function checkData(type: EventType, data: unknown): void {
  const validate = validators.get(type);
  if (validate === undefined || validate(data)) return;
  const errors = (validate.errors ?? []).map((error) => `${error.instancePath || 'data'} ${error.message}`);
  throw new InvalidEventError(`${type} does not fit its schema: ${errors.join('; ')}`);
}
