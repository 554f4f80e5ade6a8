import { eventContracts } from '@shop/contracts';
import { createCounter, createGauge, createHistogram, type Registry } from '@shop/service-kit';
import type { WireEvent } from './event.ts';

/** What waits in an outbox. */
export interface Backlog {
  readonly events: number;
  /** Seconds since the oldest of them was added; 0 without any. */
  readonly ageSeconds: number;
}

export type EventMetrics = ReturnType<typeof createEventMetrics>;

/**
 * The metrics of events, in the service's own registry: hand it to `createOutboxRelay`, `subscribe` and
 * `publishEvent`. Every instance shows the whole outbox, so take the maximum over instances, not the sum.
 */
export function createEventMetrics(registry: Registry) {
  const published = createCounter(registry, {
    name: 'events_published_total',
    help: 'Events handed to the bus and taken by it, repeats among them.',
    labelNames: ['topic', 'type'],
  });
  const consumed = createCounter(registry, {
    name: 'events_consumed_total',
    help: 'Events by what became of them: handled or dead_letter; retried counts attempts that failed before.',
    labelNames: ['topic', 'type', 'outcome'],
  });
  const duration = createHistogram(registry, {
    name: 'event_handling_duration_seconds',
    help: 'Time of one attempt to handle an event.',
    labelNames: ['topic', 'type'],
    buckets: [0.001, 0.005, 0.01, 0.025, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10],
  });
  const age = createHistogram(registry, {
    name: 'event_age_seconds',
    help: 'Time from the making of an event to the end of its handling.',
    labelNames: ['topic', 'type'],
    buckets: [0.01, 0.05, 0.1, 0.25, 0.5, 1, 2.5, 5, 10, 30, 60, 300, 1_800],
  });
  const deadLetters = createCounter(registry, {
    name: 'dead_letters_total',
    help: 'Events dead-lettered because they could not be handled.',
    labelNames: ['topic', 'type'],
  });
  // A counter that begins with its first letter does not rise, as Prometheus sees it.
  for (const [type, { topic }] of Object.entries(eventContracts)) deadLetters.inc({ topic, type }, 0);
  const leader = createGauge(registry, {
    name: 'outbox_relay_leader',
    help: '1 while this instance publishes the outbox, 0 while it stands by.',
  });
  return {
    /** An event has been delivered. @returns what says that it is done with, well or not. */
    inHand: watchInHand(registry),
    /** Whether this instance publishes the outbox now. */
    relaying: (isLeader: boolean) => leader.set(isLeader ? 1 : 0),
    published: (event: WireEvent) => published.inc(labelsOf(event)),
    /** One attempt to handle an event has ended, well or not, after so many seconds. */
    attempted: (event: WireEvent, seconds: number) => duration.observe(labelsOf(event), seconds),
    consumed: (event: WireEvent, outcome: 'handled' | 'retried' | 'dead_letter') => {
      const labels = labelsOf(event);
      consumed.inc({ ...labels, outcome });
      if (outcome === 'dead_letter') deadLetters.inc(labels);
      const ageMs = Date.now() - Date.parse(event.headers['ce_time'] ?? '');
      // Not below zero: the clocks of two machines differ by a little.
      if (outcome === 'handled' && !Number.isNaN(ageMs)) age.observe(labels, Math.max(ageMs, 0) / 1_000);
    },
    /** `read` is asked on every scrape; when it rejects, the scrape goes without these figures. */
    watchOutbox: (read: () => Promise<Backlog>) => watchOutbox(registry, read),
  };
}

/** A type that is in no contract comes from outside, and must not become a label of its own. */
function labelsOf({ topic, headers }: WireEvent) {
  const type = headers['ce_type'] ?? '';
  return { topic, type: Object.hasOwn(eventContracts, type) ? type : 'unknown' };
}

/** Shows for each partition how long its oldest event has been in hand: all behind it wait. */
function watchInHand(registry: Registry) {
  const inHand = new Set<{
    readonly labels: Record<'topic' | 'partition', string>;
    readonly since: number;
  }>();
  const held = createGauge(registry, {
    name: 'event_held_seconds',
    help: 'How long the oldest event that is being handled or retried has held its partition (none: its key, on a bus without partitions).',
    labelNames: ['topic', 'partition'],
    collect: () => {
      held.reset();
      const now = performance.now();
      // The oldest last, as a Set keeps the order in which they came.
      for (const { labels, since } of [...inHand].reverse()) held.set(labels, (now - since) / 1_000);
    },
  });
  return ({ topic, position }: WireEvent) => {
    const one = { labels: { topic, partition: position?.split('/')[1] ?? 'none' }, since: performance.now() };
    inHand.add(one);
    return () => void inHand.delete(one);
  };
}

function watchOutbox(registry: Registry, read: () => Promise<Backlog>): void {
  let reading: Promise<Backlog | undefined> | undefined;
  // One query serves both gauges.
  const readOnce = () => {
    reading ??= read()
      .catch(() => undefined)
      .finally(() => {
        reading = undefined;
      });
    return reading;
  };
  const show = (name: string, help: string, member: keyof Backlog) => {
    const gauge = createGauge(registry, {
      name,
      help,
      collect: async () => {
        const backlog = await readOnce();
        if (backlog === undefined) gauge.remove();
        else gauge.set(backlog[member]);
      },
    });
  };
  show('outbox_unsent_events', 'Events that wait in the outbox, counted up to 10000.', 'events');
  show(
    'outbox_oldest_unsent_age_seconds',
    'How long the oldest event in the outbox has waited.',
    'ageSeconds',
  );
}
