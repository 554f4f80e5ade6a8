import { type Job, type Logger, schedule } from '@shop/service-kit';
import type { OrderConfig } from '../config.ts';
import type { HistoryRecord, OrderRepository } from '../db/order.repository.ts';
import type { OrderEnding } from '../domain/order-ending.ts';
import type { Schemas } from '../generated/openapi.ts';
import { problem } from '../problems.ts';

/** A caller who follows an order live. */
export interface Follower {
  readonly orderId: number;
  /** The caller, not the customer of the order. */
  readonly userId: number;
  /** The id of the last entry of the history that was sent; 0 for none. */
  lastEntry: number;
  /** Of the entries sent: when it is over there is nothing to wait for. */
  readonly ending: OrderEnding;
  send(entry: HistoryRecord): void;
  /** Nothing is sent after it. */
  end(reason: Schemas['StreamEnd']['reason']): void;
}

export type OrderStreams = ReturnType<typeof createOrderStreams>;

const maxPerUser = 20;
/** So many entries of one order at a time. */
const batch = 100;

/**
 * Live streams of orders. They read the history in the database, so that any instance can serve them; all streams
 * of an instance are served by one query at a time, and by none while nobody follows.
 */
export function createOrderStreams(
  orders: Pick<OrderRepository, 'historyAfter'>,
  config: Pick<OrderConfig, 'streamPollMs' | 'maxStreams'>,
  logger: Logger,
) {
  const followers = new Set<Follower>();
  let stopped = false;
  let poll: Job | undefined;

  const end = (follower: Follower, ...reason: Parameters<Follower['end']>) => {
    if (followers.delete(follower)) follower.end(...reason);
  };

  async function sendNews(): Promise<void> {
    for (let more = true; more; ) {
      // Only to these: who comes while the query runs may have to be sent earlier entries first.
      const present = [...followers];
      if (present.length === 0) return;
      const entries = await orders.historyAfter(earliestEntries(present), batch);
      for (const entry of entries) {
        for (const follower of present) sendOnce(follower, entry);
      }
      more = entries.length >= batch;
      const over = more ? [] : present.filter(({ ending }) => ending.isOver());
      for (const follower of over) end(follower, 'order-cancelled');
    }
  }

  function sendOnce(follower: Follower, entry: HistoryRecord): void {
    const isNews = entry.orderId === follower.orderId && entry.id > follower.lastEntry;
    if (!isNews || !followers.has(follower)) return;
    follower.lastEntry = entry.id;
    follower.ending.add(entry);
    follower.send(entry);
  }

  return {
    /**
     * Sends the follower what is in the order's history after its last entry, and then each entry as it comes.
     * @returns what stops that without `end`; false when it was stopped before
     * @throws Problem `streams-exhausted` or `own-streams-exhausted`
     */
    follow: (follower: Follower): (() => boolean) => {
      if (stopped || followers.size >= config.maxStreams) throw problem('streams-exhausted');
      const own = [...followers].filter(({ userId }) => userId === follower.userId);
      if (own.length >= maxPerUser) throw problem('own-streams-exhausted');
      followers.add(follower);
      poll?.runSoon();
      return () => followers.delete(follower);
    },
    /** This instance has committed something to the order's history. */
    nudge: (orderId: number): void => {
      if ([...followers].some((follower) => follower.orderId === orderId)) poll?.runSoon();
    },
    count: () => followers.size,
    start: (): void => {
      poll = schedule(config.streamPollMs, sendNews, logger);
    },
    /** Ends every stream and takes no new ones. */
    stop: async (): Promise<void> => {
      stopped = true;
      for (const follower of followers) end(follower, 'shutting-down');
      await poll?.stop();
    },
  };
}

/** The earliest last entry of those who follow an order, by its id. */
function earliestEntries(present: readonly Follower[]): ReadonlyMap<number, number> {
  const earliest = new Map<number, number>();
  for (const { orderId, lastEntry } of present) {
    earliest.set(orderId, Math.min(lastEntry, earliest.get(orderId) ?? lastEntry));
  }
  return earliest;
}
