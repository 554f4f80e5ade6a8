import { type Topic, topics } from '@shop/contracts';
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

export interface OutboxRow extends WireEvent {
  readonly id: number;
}

interface KeySendersOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly onProgress: () => void;
  readonly metrics?: EventMetrics | undefined;
}

/** A key within a topic: what keeps its order. */
interface Lane {
  readonly topic: Topic;
  /** Published and not yet marked as sent. */
  readonly sent: number[];
  isDone: boolean;
  work?: Promise<void>;
}

interface Progress {
  /** The ids of events to be marked as sent. */
  readonly sent: readonly number[];
  /** The lanes that are under way, and the topics that have no room for another. */
  readonly busy: readonly string[];
  readonly full: readonly Topic[];
  /** Once they are marked, or could not be: lanes whose work is done may then be sent again. */
  release(): void;
}

/**
 * Sends the events of each lane in order, and different lanes beside each other. A lane stays busy while its event is
 * on its way, also when the relay that began it leads no more: so none is sent beside itself.
 */
export function createKeySenders({ bus, logger, onProgress, metrics }: KeySendersOptions) {
  const busy = new Map<string, Lane>();
  const failures = new Map<string, number>();
  let answeredAt = 0;

  async function sendInOrder(name: string, lane: Lane, rows: readonly OutboxRow[], stopped: AbortSignal) {
    try {
      for (const { id, ...event } of rows) {
        if (stopped.aborted) break;
        await publishEvent({ bus, metrics }, event);
        answeredAt = performance.now();
        lane.sent.push(id);
      }
      failures.delete(name);
    } catch (error) {
      if (error instanceof EventRefusedError) answeredAt = performance.now();
      if (!stopped.aborted) await holdBack(name, error, stopped);
    }
    lane.isDone = true;
    onProgress();
  }

  async function holdBack(lane: string, error: unknown, stopped: AbortSignal): Promise<void> {
    const count = (failures.get(lane) ?? 0) + 1;
    failures.set(lane, count);
    logger.warn({ err: error, lane, failures: count }, 'an event could not be published; its key waits');
    onProgress();
    await pause(Math.min(firstRetryMs * 2 ** (count - 1), lastRetryMs), stopped).catch(() => {});
  }

  return {
    isBusy: () => busy.size > 0,
    /** When the bus took an event last, or refused one: it can be reached. */
    answeredAt: () => answeredAt,
    send: (rows: readonly OutboxRow[], stopped: AbortSignal) => {
      for (const [name, rowsOfLane] of groupByLane(rows)) {
        const lane: Lane = { topic: rowsOfLane[0].topic, sent: [], isDone: false };
        busy.set(name, lane);
        lane.work = sendInOrder(name, lane, rowsOfLane, stopped);
      }
    },
    settled: () => Promise.all([...busy.values()].map(({ work }) => work)),
    /** What has been published since the last time, and what may not be read beside it. */
    takeProgress: (): Progress => {
      const lanes = [...busy];
      const done = lanes.filter(([, { isDone }]) => isDone);
      const underWay = lanes.filter(([, { isDone }]) => !isDone);
      const isFull = (topic: Topic) =>
        underWay.filter(([, lane]) => lane.topic === topic).length >= keysPerTopic;
      return {
        sent: lanes.flatMap(([, lane]) => lane.sent.splice(0)),
        busy: underWay.map(([name]) => name),
        full: topics.filter(isFull),
        release: () => {
          for (const [name] of done) busy.delete(name);
        },
      };
    },
  };
}

function groupByLane(rows: readonly OutboxRow[]) {
  const lanes = new Map<string, [OutboxRow, ...OutboxRow[]]>();
  for (const row of rows) {
    const name = `${row.topic} ${row.key}`;
    const lane = lanes.get(name);
    if (lane === undefined) lanes.set(name, [row]);
    else lane.push(row);
  }
  return lanes;
}
