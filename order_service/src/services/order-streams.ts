import { AppError, type Logger } from '@shop/service-kit';
import type { HistoryNews } from '../db/order-queries.ts';
import type { OrderRepository } from '../db/order-repository.ts';
import { every, type Job } from '../jobs/every.ts';
import type { StreamEnd } from '../schemas/order-replies.ts';

/** Whoever is shown what happens to an order. */
export interface Listener {
  entry(entry: HistoryNews): void;
  heartbeat(): void;
  /** Nothing comes after it. */
  end(reason: StreamEnd['reason']): void;
}

export interface Following {
  readonly orderId: number;
  /** Who listens, not whose order it is. */
  readonly userId: number;
  /** The id of the last entry of the history that is known already; 0 for none. */
  readonly after: number;
  /** The order is cancelled: once all is told, there is nothing to wait for. */
  readonly isOver: boolean;
  /** In milliseconds since 1970: when the listener's token does. */
  readonly endsAt: number;
  readonly listener: Listener;
}

export interface OrderStreams {
  /**
   * Tells the listener what is in the order's history from there on, as it comes. @returns the way to stop it
   * @throws AppError `unavailable` or `too-many-requests` when there are too many
   */
  follow(following: Following): () => void;
  /** Something was committed to the order's history by this instance. */
  nudge(orderId: number): void;
  count(): number;
  start(): void;
  /** Ends every stream and takes no new ones. */
  stop(): Promise<void>;
}

export interface OrderStreamsOptions {
  readonly orders: Pick<OrderRepository, 'historyAfter'>;
  readonly logger: Logger;
  /** How often to look for what other instances have committed. */
  readonly pollMs: number;
  readonly heartbeatMs: number;
  readonly maxStreams: number;
}

interface Follower extends Following {
  position: number;
  isOver: boolean;
  readonly timer: NodeJS.Timeout;
}

const maxPerUser = 20;
/** So many entries of one order at a time. */
const batch = 100;
/** As long as a timer can be. */
const maxTimerMs = 2_147_483_647;

/**
 * Live streams of orders. They read the history in the database, so that any instance can serve them; all streams
 * of an instance are served by one query at a time, and by none while nobody listens.
 */
export function createOrderStreams(options: OrderStreamsOptions): OrderStreams {
  const { orders, logger, pollMs, heartbeatMs, maxStreams } = options;
  const followers = new Set<Follower>();
  let stopped = false;
  let poll: Job | undefined;
  let heart: NodeJS.Timeout | undefined;

  const forget = (follower: Follower) => {
    clearTimeout(follower.timer);
    return followers.delete(follower);
  };
  const end = (follower: Follower, reason: StreamEnd['reason']) => {
    if (forget(follower)) follower.listener.end(reason);
  };

  async function tellNews(): Promise<void> {
    for (let more = true; more; ) {
      // Only these are told: who comes while the query runs may have to be told of earlier entries first.
      const present = [...followers];
      if (present.length === 0) return;
      more = handOut(await orders.historyAfter(positionsOf(present), batch), present);
      if (!more) for (const follower of present) if (follower.isOver) end(follower, 'order-cancelled');
    }
  }

  /** @returns whether there may be more: some order had as many entries as one query gives */
  function handOut(news: readonly HistoryNews[], present: readonly Follower[]): boolean {
    const listeners = byOrder(present);
    const counts = new Map<number, number>();
    for (const entry of news) {
      counts.set(entry.orderId, (counts.get(entry.orderId) ?? 0) + 1);
      for (const follower of listeners.get(entry.orderId) ?? []) tell(follower, entry);
    }
    return [...counts.values()].some((count) => count >= batch);
  }

  function tell(follower: Follower, entry: HistoryNews): void {
    if (entry.id <= follower.position || !followers.has(follower)) return;
    follower.position = entry.id;
    follower.isOver ||= entry.status === 'cancelled';
    follower.listener.entry(entry);
  }

  function requireRoom(userId: number): void {
    if (stopped || followers.size >= maxStreams) throw streamsExhausted();
    const own = [...followers].filter((follower) => follower.userId === userId).length;
    if (own >= maxPerUser) throw ownStreamsExhausted();
  }

  return {
    follow: (following) => {
      requireRoom(following.userId);
      const leftMs = Math.min(Math.max(following.endsAt - Date.now(), 0), maxTimerMs);
      const timer = setTimeout(() => end(follower, 'token-expired'), leftMs);
      const follower: Follower = { ...following, position: following.after, timer };
      followers.add(follower);
      poll?.soon();
      return () => void forget(follower);
    },
    nudge: (orderId) => {
      for (const follower of followers) if (follower.orderId === orderId) return poll?.soon();
    },
    count: () => followers.size,
    start: () => {
      poll = every(pollMs, tellNews, logger);
      heart = setInterval(() => {
        for (const { listener } of followers) listener.heartbeat();
      }, heartbeatMs);
    },
    stop: async () => {
      stopped = true;
      clearInterval(heart);
      for (const follower of followers) end(follower, 'shutting-down');
      await poll?.stop();
    },
  };
}

/** Per order the earliest position of those who follow it. */
function positionsOf(followers: readonly Follower[]) {
  return [...byOrder(followers)].map(([orderId, all]) => ({
    orderId,
    after: Math.min(...all.map(({ position }) => position)),
  }));
}

function byOrder(followers: readonly Follower[]): ReadonlyMap<number, readonly Follower[]> {
  const found = new Map<number, Follower[]>();
  for (const follower of followers) {
    const same = found.get(follower.orderId);
    if (same === undefined) found.set(follower.orderId, [follower]);
    else same.push(follower);
  }
  return found;
}

const streamsExhausted = () =>
  new AppError('unavailable', 'streams-exhausted', 'No more live streams can be served here right now.', {
    retryAfter: 5,
  });

const ownStreamsExhausted = () =>
  new AppError(
    'too-many-requests',
    'own-streams-exhausted',
    `You have ${maxPerUser} live streams open already.`,
    {
      retryAfter: 5,
    },
  );
