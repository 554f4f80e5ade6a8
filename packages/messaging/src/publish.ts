import { withSpan } from '@shop/service-kit';
import type { WireEvent } from './event.ts';
import type { EventBus } from './event-bus.ts';
import type { EventMetrics } from './event-metrics.ts';
import { eventSpan } from './event-span.ts';

/**
 * `bus.publish`, counted and in a span of the event's trace. Resolves when the event cannot be lost any more;
 * rejects when it may not have been taken. What changes a database goes through the outbox instead.
 */
export function publishEvent(
  { bus, metrics }: { bus: EventBus; metrics?: EventMetrics | undefined },
  event: WireEvent,
): Promise<void> {
  const { topic, key, headers } = event;
  const { ce_type: type = '', ce_source: source = '', ce_id: id, traceparent: parent } = headers;
  const span = eventSpan('send', { topic, type, source, key, id });
  return withSpan({ ...span, parent }, async () => {
    await bus.publish(event);
    metrics?.published(event);
  });
}
