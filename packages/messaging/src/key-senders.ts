import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { WireEvent } from './event.ts';
import type { EventBus } from './event-bus.ts';
import { pause } from './pause.ts';

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
  /** Call it once the ids are marked: their keys may then be read again. */
  release(): void;
}

interface KeySendersOptions {
  readonly bus: EventBus;
  readonly logger: Logger;
  readonly onProgress: () => void;
  readonly stopped: AbortSignal;
}

/** Sends the events of each key in order, and different keys beside each other. */
export function createKeySenders({ bus, logger, onProgress, stopped }: KeySendersOptions) {
  const busy = new Map<string, Promise<void>>();
  const failures = new Map<string, number>();
  let sent: number[] = [];
  let finished: string[] = [];

  async function sendInOrder(key: string, rows: readonly OutboxRow[]): Promise<void> {
    try {
      for (const row of rows) {
        if (stopped.aborted) break;
        await bus.publish(toWire(row));
        sent.push(row.id);
      }
      failures.delete(key);
    } catch (error) {
      await holdBack(key, error);
    }
    finished.push(key);
    onProgress();
  }

  async function holdBack(key: string, error: unknown): Promise<void> {
    if (stopped.aborted) return;
    const count = (failures.get(key) ?? 0) + 1;
    failures.set(key, count);
    logger.warn({ err: error, key, failures: count }, 'an event could not be published; its key waits');
    onProgress();
    await pause(Math.min(firstRetryMs * 2 ** (count - 1), lastRetryMs), stopped).catch(() => {});
  }

  return {
    busy: () => [...busy.keys()],
    send: (rows: readonly OutboxRow[]) => {
      for (const [key, ofKey] of groupByKey(rows)) busy.set(key, sendInOrder(key, ofKey));
    },
    settled: async () => {
      await Promise.all(busy.values());
    },
    takeSent: (): SentEvents => {
      const done = finished;
      const ids = sent;
      finished = [];
      sent = [];
      return {
        ids,
        release: () => {
          for (const key of done) busy.delete(key);
        },
      };
    },
  };
}

function groupByKey(rows: readonly OutboxRow[]): Map<string, OutboxRow[]> {
  const groups = new Map<string, OutboxRow[]>();
  for (const row of rows) {
    const group = groups.get(row.key);
    if (group === undefined) groups.set(row.key, [row]);
    else group.push(row);
  }
  return groups;
}

function toWire({ topic, key, headers, payload }: OutboxRow): WireEvent {
  return { topic, key, headers, value: Buffer.from(payload) };
}
