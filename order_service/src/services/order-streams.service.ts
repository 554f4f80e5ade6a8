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
  /** Where the caller is, as `addressOf` gives it. */
  readonly address: string;
  readonly isGuest: boolean;
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
  config: Pick<OrderConfig, 'streamPollMs' | 'maxStreams' | 'streamsPerAddress' | 'guestStreamsPerAddress'>,
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

  /** @throws Problem `own-streams-exhausted`, `guest-streams-exhausted` or `address-streams-exhausted` */
  function requireOwnShare({ userId, address, isGuest }: Follower): void {
    const count = (isOne: (other: Follower) => boolean) => [...followers].filter(isOne).length;
    if (count((other) => other.userId === userId) >= maxPerUser) throw problem('own-streams-exhausted');
    // Anybody may be as many guests as they like.
    if (
      isGuest &&
      count((other) => other.isGuest && other.address === address) >= config.guestStreamsPerAddress
    )
      throw problem('guest-streams-exhausted');
    if (count((other) => other.address === address) >= config.streamsPerAddress)
      throw problem('address-streams-exhausted');
  }

  /**
   * Ends a stream of the address that has most of them, there of the user who has most: the newest one. So nobody is shut
   * out by those who have more than they would have.
   * @throws Problem `streams-exhausted` when that would be the newcomer
   */
  function makeRoomFor(newcomer: Follower): void {
    const present = [newcomer, ...followers];
    const ofUser = greatest(
      greatest(present, ({ address }) => address),
      ({ userId }) => userId,
    );
    const last = ofUser.at(-1);
    if (last === undefined || last.userId === newcomer.userId) throw problem('streams-exhausted');
    end(last, 'too-many-streams');
  }

  return {
    /**
     * Sends the follower what is in the order's history after its last entry, and then each entry as it comes.
     * @returns what stops that without `end`; false when it was stopped before
     * @throws Problem `streams-exhausted`, `own-streams-exhausted`, `guest-streams-exhausted` or `address-streams-exhausted`
     */
    follow: (follower: Follower): (() => boolean) => {
      if (stopped) throw problem('streams-exhausted');
      requireOwnShare(follower);
      if (followers.size >= config.maxStreams) makeRoomFor(follower);
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

/** Those of the group that has most; of several the one that was there first. */
function greatest<K>(
  followers: readonly Follower[],
  groupOf: (follower: Follower) => K,
): readonly Follower[] {
  const groups = new Map<K, Follower[]>();
  for (const follower of followers) {
    const group = groups.get(groupOf(follower));
    if (group === undefined) groups.set(groupOf(follower), [follower]);
    else group.push(follower);
  }
  const all = [...groups.values()];
  const most = Math.max(0, ...all.map((group) => group.length));
  return all.find((group) => group.length === most) ?? [];
}

/** The earliest last entry of those who follow an order, by its id. */
function earliestEntries(present: readonly Follower[]): ReadonlyMap<number, number> {
  const earliest = new Map<number, number>();
  for (const { orderId, lastEntry } of present) {
    earliest.set(orderId, Math.min(lastEntry, earliest.get(orderId) ?? lastEntry));
  }
  return earliest;
}
