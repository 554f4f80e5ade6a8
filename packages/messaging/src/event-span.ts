import type { SpanOptions } from '@shop/service-kit';

const kinds = { create: 'producer', send: 'client', process: 'consumer' } as const;

/**
 * The span of what is done with an event, in the words of OpenTelemetry's conventions for messaging and for
 * CloudEvents. An event carries the span of its making (or the one that was current then), and all others are its children.
 */
export function eventSpan(
  operation: keyof typeof kinds,
  event: { topic: string; type: string; source: string; key: string; id?: string | undefined },
): SpanOptions {
  const { topic, type, source, key, id } = event;
  return {
    name: `${operation} ${type}`,
    kind: kinds[operation],
    service: source,
    attributes: {
      'messaging.system': 'cloudevents',
      'messaging.operation.name': operation,
      'messaging.operation.type': operation,
      'messaging.destination.name': topic,
      ...(id !== undefined && { 'messaging.message.id': id }),
      'cloudevents.event_type': type,
      'cloudevents.event_source': source,
      'cloudevents.event_subject': key,
    },
  };
}
