import type { Topic } from '@shop/contracts';
import type { WireEvent } from './event.ts';

/**
 * Delivers one message to a consumer group. Resolved: handled for good (its effects are committed, or it is a dead
 * letter). Rejected: not handled, and to be handed over again.
 */
export type Deliver = (event: WireEvent, signal: AbortSignal) => Promise<void>;

export interface Subscription {
  /** Takes no more messages and waits for the ones in hand. */
  close(): Promise<void>;
}

/** The bus has answered that it will never take this event: it is too large, say. */
export class EventRefusedError extends Error {
  override readonly name = 'EventRefusedError';
}

/**
 * Events between services, at least once and in order per (group, key). Every adapter passes one contract suite.
 */
export interface EventBus {
  /**
   * Resolves when the event cannot be lost any more; rejects when it may not have been taken.
   * @throws EventRefusedError when the bus answers, and will never take it
   */
  publish(event: WireEvent): Promise<void>;
  /** A group gets each message of a topic at least once, from the first on, however many instances it has. */
  subscribe(group: string, topic: Topic, deliver: Deliver): Promise<Subscription>;
  /** Puts a message that cannot be handled aside, where an operator finds it and can hand it over again. */
  deadLetter(group: string, event: WireEvent, reason: string): Promise<void>;
  /** Rejects while the bus cannot carry events. */
  check(): Promise<void>;
  /** Lets deliveries in hand finish, rejects publishes that wait, closes connections. */
  close(): Promise<void>;
}
