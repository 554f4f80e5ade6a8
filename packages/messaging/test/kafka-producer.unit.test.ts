import type { Kafka, Producer, ProducerBatch, ProducerConfig, RecordMetadata } from 'kafkajs';
import { createKafkaSender } from '../src/kafka/producer.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

const partitionMetadata = [0, 1, 2, 3].map((partitionId) => ({
  partitionErrorCode: 0,
  partitionId,
  leader: partitionId % 2,
  replicas: [],
  isr: [],
}));

/** The sender with a KafkaJS of which a test says what brokers answer; it asks the partitioner as KafkaJS does. */
function createSender(answer: (sent: readonly RecordMetadata[]) => readonly RecordMetadata[]) {
  const batches: number[] = [];
  const away = { now: false };
  let connected = false;
  let disconnects = 0;
  const producerOf = ({ createPartitioner }: ProducerConfig): Partial<Producer> => {
    const choose = createPartitioner?.();
    return {
      connect: async () => {
        if (away.now) throw failure('KafkaJSConnectionError', true);
        connected = true;
      },
      disconnect: async () => {
        connected = false;
        disconnects++;
      },
      sendBatch: async ({ topicMessages = [] }: ProducerBatch) => {
        if (!connected) throw failure('KafkaJSError', true);
        batches.push(topicMessages.reduce((sum, { messages }) => sum + messages.length, 0));
        const sent = topicMessages.flatMap(({ topic, messages }) =>
          messages.map((message) => ({
            topicName: topic,
            partition: choose?.({ topic, partitionMetadata, message }) ?? 0,
            errorCode: 0,
          })),
        );
        return [...answer(sent)];
      },
    };
  };
  const kafka = { producer: producerOf } as unknown as Kafka;
  const sender = createKafkaSender({ kafka, logger: silent, nameOf: (name) => name });
  const sendAll = () =>
    Promise.allSettled(orderNumbers(20).map((key) => sender.send('OrderEvents', stockReserved(key))));
  return { sender, sendAll, batches, away, disconnects: () => disconnects };
}

const failure = (name: string, retriable: boolean, cause?: Error) =>
  Object.assign(new Error(name), { name, retriable, cause });
const fulfilled = (outcomes: readonly PromiseSettledResult<void>[]) =>
  outcomes.filter(({ status }) => status === 'fulfilled').length;

it('takes nothing for sent that no broker has acknowledged, though KafkaJS says that all is well', async () => {
  // The leader of partition 3 moved to a broker that had answered already.
  let moved = true;
  const { sendAll } = createSender((sent) => sent.filter(({ partition }) => partition !== 3 || !moved));
  // The first goes alone; the others make up the next batch.
  const first = await sendAll();
  expect(fulfilled(first)).toBeLessThanOrEqual(1);
  const reasons = first.flatMap((outcome) => (outcome.status === 'rejected' ? [outcome.reason.message] : []));
  expect(new Set(reasons)).toEqual(new Set(['no broker has acknowledged OrderEvents[3]']));
  moved = false;
  expect(fulfilled(await sendAll())).toBe(20);
});

it('sends one by one what a broker refuses together', async () => {
  const refusal = failure('KafkaJSProtocolError', false);
  let calls = 0;
  const { sendAll, batches } = createSender((sent) => {
    if (++calls === 2) throw refusal;
    return sent;
  });
  expect(fulfilled(await sendAll())).toBe(20);
  expect(batches).toEqual([1, 19, ...Array(19).fill(1)]);
});

it('does not take a broker that is away for one that refuses', async () => {
  const away = failure('KafkaJSNonRetriableError', false, failure('KafkaJSConnectionError', true));
  const { sendAll, batches } = createSender(() => {
    throw away;
  });
  expect(fulfilled(await sendAll())).toBe(0);
  expect(batches).toEqual([1, 19]);
});

it('connects anew when a broker has not answered in time, as often as it takes', async () => {
  const timeout = failure(
    'KafkaJSNumberOfRetriesExceeded',
    false,
    failure('KafkaJSRequestTimeoutError', true),
  );
  let silent = true;
  const { sendAll, away, disconnects } = createSender((sent) => {
    if (silent) throw timeout;
    return sent;
  });
  await sendAll();
  expect(disconnects()).toBe(2);
  silent = false;
  away.now = true;
  expect(fulfilled(await sendAll())).toBe(0);
  away.now = false;
  expect(fulfilled(await sendAll())).toBe(20);
});

it('rejects what waits when it is closed, and what is too much', async () => {
  const { sender } = createSender((sent) => sent);
  const outcomes = Array.from({ length: 10_010 }, () =>
    sender.send('OrderEvents', stockReserved('order-waiting')),
  );
  const settled = Promise.allSettled(outcomes);
  await sender.close();
  const reasons = (await settled).flatMap((outcome) =>
    outcome.status === 'rejected' ? [outcome.reason.message] : [],
  );
  const count = (message: string) => reasons.filter((reason) => reason === message).length;
  expect(count('too many events wait for the brokers')).toBe(9);
  expect(count('the event bus is closed')).toBe(10_000);
});
