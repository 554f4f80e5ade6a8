import type { ShopEvent, Topic } from '@shop/contracts';
import { continueTrace, databaseRefuses, type Logger, withSpan, withTrace } from '@shop/service-kit';
import { bulkhead } from 'cockatiel';
import { attemptsOf, withAttempts } from './dead-letters.ts';
import { decodeEvent, PermanentError, type WireEvent } from './event.ts';
import type { EventBus, Subscription } from './event-bus.ts';
import type { EventMetrics } from './event-metrics.ts';
import { eventSpan } from './event-span.ts';
import { pause } from './pause.ts';

export interface SubscriberOptions {
  readonly bus: EventBus;
  /** The consumer group: the service's name. */
  readonly group: string;
  readonly topic: Topic;
  /**
   * Must commit its effects before it resolves, and be a no-op for an event that it has seen (see `inbox`). What
   * the business refuses is not an error. Whatever it throws is tried again, except a {@link PermanentError} and
   * what PostgreSQL refuses because of the data.
   */
  readonly handle: (event: ShopEvent) => Promise<void>;
  readonly logger: Logger;
  /** How many messages are handled at once. */
  readonly concurrency?: number;
  readonly firstRetryMs?: number;
  readonly lastRetryMs?: number;
  /** A message that has failed for so long, while others were handled, becomes a dead letter. */
  readonly giveUpAfterMs?: number;
  /** One that meets a bug, for so long: a TypeError and the like do not come of a dependency that is unavailable. */
  readonly giveUpBugAfterMs?: number;
  /** Counts and times what is consumed. */
  readonly metrics?: EventMetrics;
}

/**
 * Consumes a topic for a group: validates, handles, retries with back-off, and dead-letters what cannot be
 * handled. While nothing at all can be handled (a dependency is unavailable) it waits and loses nothing.
 */
export function subscribe(options: SubscriberOptions): Promise<Subscription> {
  const { bus, group, topic, handle, logger, concurrency = 8, metrics } = options;
  const { firstRetryMs = 100, lastRetryMs = 5_000 } = options;
  const { giveUpAfterMs = 60_000, giveUpBugAfterMs = Math.min(giveUpAfterMs, 20_000) } = options;
  const slots = bulkhead(concurrency, Number.MAX_SAFE_INTEGER);
  let lastSuccess = 0;

  async function handleWithRetry(
    event: ShopEvent,
    wire: WireEvent,
    delivery: { attempts: number },
    signal: AbortSignal,
  ): Promise<void> {
    const firstTry = performance.now();
    let failedAt = firstTry;
    for (;;) {
      let othersWork = false;
      const handleOnce = async () => {
        // Before the attempt: only others' success between two failures of this one says that it is alone.
        othersWork = lastSuccess > failedAt;
        const startedAt = performance.now();
        delivery.attempts++;
        try {
          await handle(event);
        } finally {
          metrics?.attempted(wire, (performance.now() - startedAt) / 1_000);
        }
      };
      try {
        await slots.execute(handleOnce, signal);
        lastSuccess = performance.now();
        return;
      } catch (error) {
        failedAt = performance.now();
        const triedFor = failedAt - firstTry;
        const giveUp = triedFor >= giveUpAfterMs && othersWork;
        // Whatever others do: they may wait behind it.
        const giveUpBug = triedFor >= giveUpBugAfterMs && isBug(error);
        if (signal.aborted || isPermanent(error) || giveUp || giveUpBug) throw error;
        const { id, type, key } = event;
        logger.warn({ err: error, event: { id, type, key } }, 'event not handled yet, retrying');
        metrics?.consumed(wire, 'retried');
      }
      const longest = Math.min(firstRetryMs * 2 ** (delivery.attempts - 1), lastRetryMs);
      await pause(longest * (0.5 + Math.random() / 2), signal);
    }
  }

  async function deliver(wire: WireEvent, signal: AbortSignal): Promise<void> {
    const delivery = { attempts: 0 };
    const handled = metrics?.inHand(wire);
    try {
      const event = decodeEvent(wire);
      const span = { ...eventSpan('process', { ...event, topic }), service: group };
      await withTrace(continueTrace(event.id, event.traceparent), () =>
        withSpan(span, () => handleWithRetry(event, wire, delivery, signal)),
      );
      metrics?.consumed(wire, 'handled');
    } catch (error) {
      // Not handled because we are stopping: the bus hands it over again.
      signal.throwIfAborted();
      logger.error({ err: error, group, topic, key: wire.key }, 'event dead-lettered');
      const reason = error instanceof Error ? `${error.name}: ${error.message}` : String(error);
      // One that could not even be read was tried once.
      const attempts = attemptsOf(wire) + Math.max(delivery.attempts, 1);
      await bus.deadLetter(group, withAttempts(wire, attempts), reason.slice(0, longestReason));
      metrics?.consumed(wire, 'dead_letter');
    } finally {
      handled?.();
    }
  }

  return bus.subscribe(group, topic, deliver);
}

/** A reason is part of a message, and may list every wrong field of a large one. */
const longestReason = 1_000;

const bugs = ['TypeError', 'RangeError', 'ReferenceError'];
/** Of our own code, or of what an event says. (`fetch` too throws a TypeError, with the cause, when nobody answers.) */
const isBug = (error: unknown) =>
  error instanceof Error && bugs.includes(error.name) && error.cause === undefined;

const isPermanent = (error: unknown) => error instanceof PermanentError || databaseRefuses(error);
