import type { Topic } from '@shop/contracts';
import type { Logger } from '@shop/service-kit';
import type { DeadLetter } from './dead-letters.ts';
import type { WireEvent } from './event.ts';
import type { EventBus } from './event-bus.ts';
import { createLanes } from './lanes.ts';
import { createMembership, type Membership } from './membership.ts';
import { pause } from './pause.ts';
import type { DeadLetterStore } from './postgres-dead-letters.ts';

export interface InProcessBusOptions {
  /** Which groups must see a topic: events wait until all of them have subscribed. */
  readonly groups: Readonly<Record<Topic, readonly string[]>>;
  readonly deadLetters: DeadLetterStore;
  readonly logger: Logger;
  /** How often to look for dead letters to hand over again, in milliseconds. */
  readonly redriveMs?: number;
  /** For tests: what a group is really handed for a message. Repeat it, hold it back, or leave it out. */
  readonly tamper?: (event: WireEvent, group: string) => Promise<readonly WireEvent[]>;
}

/**
 * The {@link EventBus} within one process. `publish` resolves after every group has handled the event, so what
 * an outbox marks as sent has had its effect: at-least-once and crash-safe without a broker. As with a broker,
 * an event that cannot be handled holds its own key and nothing else.
 */
export function createInProcessBus(options: InProcessBusOptions): EventBus {
  const { groups, deadLetters, logger, redriveMs = 1_000, tamper } = options;
  const memberships = new Map<string, Membership>();
  const lanes = createLanes();
  const closing = new AbortController();

  const membership = (group: string, topic: Topic): Membership => {
    const name = `${group} ${topic}`;
    const known = memberships.get(name) ?? createMembership(group, closing.signal);
    memberships.set(name, known);
    return known;
  };

  const enqueue = (group: string, event: WireEvent) =>
    lanes.run(`${group} ${event.key}`, async () => {
      closing.signal.throwIfAborted();
      const messages = tamper === undefined ? [event] : await tamper(event, group);
      for (const message of messages) await membership(group, message.topic).deliver(message);
    });

  const redriving = new Map<string, Promise<void>>();

  async function redriveLetter({ id, group, event }: DeadLetter): Promise<void> {
    try {
      await enqueue(group, event);
      await deadLetters.remove(id);
      logger.info({ deadLetter: id, group }, 'dead letter handed over again');
    } catch (error) {
      if (!closing.signal.aborted)
        logger.warn({ err: error, deadLetter: id, group }, 'dead letter not handed over yet');
    } finally {
      redriving.delete(id);
    }
  }

  /** Begins with each letter that was asked for, and waits for none: one that fails must not hold the others. */
  async function redrive(): Promise<void> {
    // What was in hand before the read may be gone after it, and still be in what was read.
    const before = new Set(redriving.keys());
    for (const letter of await deadLetters.requested()) {
      if (!before.has(letter.id)) redriving.set(letter.id, redriveLetter(letter));
    }
  }

  async function redriveUntilClosed(): Promise<void> {
    while (!closing.signal.aborted) {
      await redrive().catch((error) => logger.warn({ err: error }, 'dead letters could not be read'));
      await pause(redriveMs, closing.signal).catch(() => {});
    }
  }
  const looking = redriveUntilClosed();

  return {
    publish: async (event) => {
      closing.signal.throwIfAborted();
      const outcomes = await Promise.allSettled(groups[event.topic].map((group) => enqueue(group, event)));
      for (const outcome of outcomes) if (outcome.status === 'rejected') throw outcome.reason;
    },
    subscribe: async (group, topic, deliver) => {
      closing.signal.throwIfAborted();
      return membership(group, topic).join(deliver);
    },
    deadLetter: (group, event, reason) => deadLetters.add(group, event, reason),
    check: async () => closing.signal.throwIfAborted(),
    close: async () => {
      closing.abort(new Error('the event bus is closed'));
      await lanes.idle();
      await looking;
      await Promise.all(redriving.values());
    },
  };
}
