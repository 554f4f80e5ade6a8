import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { WireEvent } from './event.ts';
import { type EventBus, EventRefusedError } from './event-bus.ts';
import type { EventMetrics } from './event-metrics.ts';
import { pause } from './pause.ts';
import { publishEvent } from './publish.ts';

/** So many keys of a topic may be under way; each topic has its own room, so that none takes that of another. */
const keysPerTopic = 400;
const firstRetryMs = 250;
const lastRetryMs = 30_000;

export interface OutboxRow {
  readonly id: number;
  readonly topic: Topic;
  readonly key: string;
  readonly headers: Record<string, string>;
  readonly payload: string;
}

export interface SentEvents {
  readonly ids: readonly number[];
  /** Call it once the ids are marked, or cannot be: their lanes may then be read again. */
  release(): void;
}

interface KeySendersOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly onProgress: () => void;
  readonly metrics?: EventMetrics | undefined;
}

/** What keeps its order: a key within a topic. */
export const laneOf = ({ topic, key }: Pick<OutboxRow, 'topic' | 'key'>) => `${topic} ${key}`;

/**
 * Sends the events of each lane in order, and different lanes beside each other. A lane stays busy while its event is
 * on its way, also when the relay that began it leads no more: so none is sent beside itself.
 */
export function createKeySenders({ bus, logger, onProgress, metrics }: KeySendersOptions) {
  const busy = new Map<string, { readonly topic: Topic; readonly work: Promise<void> }>();
  const failures = new Map<string, number>();
  let sent: number[] = [];
  let finished: string[] = [];
  let answeredAt = 0;

  async function sendInOrder(lane: string, rows: readonly OutboxRow[], stopped: AbortSignal): Promise<void> {
    try {
      for (const row of rows) {
        if (stopped.aborted) break;
        await publishEvent({ bus, metrics }, toWire(row));
        answeredAt = performance.now();
        sent.push(row.id);
      }
      failures.delete(lane);
    } catch (error) {
      if (error instanceof EventRefusedError) answeredAt = performance.now();
      await holdBack(lane, error, stopped);
    }
    finished.push(lane);
    onProgress();
  }

  async function holdBack(lane: string, error: unknown, stopped: AbortSignal): Promise<void> {
    if (stopped.aborted) return;
    const count = (failures.get(lane) ?? 0) + 1;
    failures.set(lane, count);
    logger.warn({ err: error, lane, failures: count }, 'an event could not be published; its key waits');
    onProgress();
    await pause(Math.min(firstRetryMs * 2 ** (count - 1), lastRetryMs), stopped).catch(() => {});
  }

  return {
    busy: () => [...busy.keys()],
    /** When the bus took an event last, or refused one: it can be reached. */
    answeredAt: () => answeredAt,
    /** The topics that have no room for another key. */
    full: () => {
      const keys = new Map<Topic, number>();
      for (const { topic } of busy.values()) keys.set(topic, (keys.get(topic) ?? 0) + 1);
      return [...keys].filter(([, count]) => count >= keysPerTopic).map(([topic]) => topic);
    },
    send: (rows: readonly OutboxRow[], stopped: AbortSignal) => {
      for (const [lane, { topic, ofLane }] of groupByLane(rows)) {
        busy.set(lane, { topic, work: sendInOrder(lane, ofLane, stopped) });
      }
    },
    settled: async () => {
      await Promise.all([...busy.values()].map(({ work }) => work));
    },
    takeSent: (): SentEvents => {
      const done = finished;
      const ids = sent;
      finished = [];
      sent = [];
      return {
        ids,
        release: () => {
          for (const lane of done) busy.delete(lane);
        },
      };
    },
  };
}

function groupByLane(rows: readonly OutboxRow[]) {
  const groups = new Map<string, { readonly topic: Topic; readonly ofLane: OutboxRow[] }>();
  for (const row of rows) {
    const lane = laneOf(row);
    const group = groups.get(lane);
    if (group === undefined) groups.set(lane, { topic: row.topic, ofLane: [row] });
    else group.ofLane.push(row);
  }
  return groups;
}

function toWire({ topic, key, headers, payload }: OutboxRow): WireEvent {
  return { topic, key, headers, value: Buffer.from(payload) };
}
