import { setTimeout as delay } from 'node:timers/promises';
import { partitions, type Topic } from '@shop/contracts';
import type { Deliver, Subscription } from '../event-bus.ts';
import { createBatchHandler } from './batch-handler.ts';
import type { KafkaConnection } from './connection.ts';
import { isFinal } from './errors.ts';

export interface KafkaSubscription extends Subscription {
  /** @throws when the consumer has stopped for good, or has been silent for too long */
  check(): void;
}

export interface ConsumerSettings {
  /** A consumer has stopped for good: end the process, so that a new one goes on. Nothing is lost. */
  readonly onCrash?: (error: Error) => void;
  /** How long the partitions of a killed instance wait. Slow handlers do not need it longer: see `holds.ts`. */
  readonly sessionMs?: number;
  /** A consumer says something at least twice a second; silent for so long, it is taken for dead. */
  readonly silentMs?: number;
}

interface KafkaConsumerOptions extends ConsumerSettings {
  readonly connection: KafkaConnection;
  readonly group: string;
  readonly topic: Topic;
  readonly deliver: Deliver;
}

const restartMs = 1_000;
/** Joining a group takes as long as its slowest member; a stop does not wait for that. */
const joinLimitMs = 10_000;

/**
 * A member of a consumer group. It crashes and restarts as often as brokers fail it, until it is closed; what
 * no retry cures ends it.
 */
export async function startKafkaConsumer(options: KafkaConsumerOptions): Promise<KafkaSubscription> {
  const { connection, group, topic, deliver, onCrash, sessionMs = 15_000, silentMs = 8_000 } = options;
  const { kafka, logger, nameOf } = connection;
  const closing = new AbortController();
  const consumer = kafka.consumer({
    groupId: nameOf(group),
    sessionTimeout: sessionMs,
    rebalanceTimeout: 60_000,
    allowAutoTopicCreation: false,
    maxWaitTimeInMs: 500,
    // We start again ourselves: its own restart cannot be called off.
    retry: { restartOnFailure: async () => false },
  });
  let heardAt = performance.now();
  let crashed: Error | undefined;
  const heard = () => {
    heardAt = performance.now();
  };
  consumer.on(consumer.events.HEARTBEAT, heard);
  consumer.on(consumer.events.FETCH, heard);

  function giveUp(error: Error): void {
    crashed = error;
    onCrash?.(error);
  }

  const { eachBatch, idle } = createBatchHandler({ group, topic, deliver, logger, closing: closing.signal });

  /** Resolves when it has joined its group, or has crashed before. */
  const run = () =>
    consumer
      .run({
        eachBatch,
        eachBatchAutoResolve: false,
        autoCommitInterval: 1_000,
        partitionsConsumedConcurrently: partitions[topic],
      })
      .catch((error: Error) => !closing.signal.aborted && giveUp(error));

  async function runAgain(): Promise<void> {
    await delay(restartMs, undefined, { signal: closing.signal }).then(run, () => {});
  }

  consumer.on(consumer.events.CRASH, ({ payload: { error } }) => {
    if (closing.signal.aborted) return;
    const restart = !isFinal(error);
    logger.error({ err: error, group, topic, restart }, 'the consumer crashed');
    if (restart) joined = runAgain();
    else giveUp(error);
  });

  try {
    await consumer.connect();
    await consumer.subscribe({ topic: nameOf(topic), fromBeginning: true });
  } catch (error) {
    await consumer.disconnect();
    throw error;
  }
  // Not awaited: requests can be answered meanwhile.
  let joined: Promise<unknown> = run();

  return {
    check: () => {
      if (crashed !== undefined) throw crashed;
      const silentFor = performance.now() - heardAt;
      if (silentFor > silentMs) throw new Error(`${group} has been silent for ${Math.round(silentFor)} ms`);
    },
    close: async () => {
      closing.abort(new Error(`${group} has left`));
      // KafkaJS loses sight of a consumer that is stopped while it joins, and lets it run on.
      await Promise.race([joined, delay(joinLimitMs, undefined, { ref: false })]);
      await consumer.disconnect();
      await idle();
    },
  };
}
