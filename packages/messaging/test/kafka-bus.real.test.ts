import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus, createKafkaDeadLetters, type KafkaBus } from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { canStartKafkaBroker, type KafkaBroker, startKafkaBroker } from '@shop/testing/engines';
import { Kafka, logLevel } from 'kafkajs';
import { eventBusContract } from './event-bus.contract.ts';
import { silent } from './support/silent-logger.ts';
import { stockReserved } from './support/stock-events.ts';
import { useTwoInstances } from './support/two-instances.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

eventBusContract('the Kafka bus', async () => {
  const connection = { brokers, clientId: 'contract', logger: silent, prefix: `t-${randomUUID()}-` };
  const opened: KafkaBus[] = [];
  const newInstance = async () => {
    const bus = createKafkaBus(connection);
    opened.push(bus);
    await bus.connect();
    return bus;
  };
  return {
    bus: await newInstance(),
    newInstance,
    deadLetters: createKafkaDeadLetters(connection).list,
    holds: 'partition',
    close: async () => {
      await Promise.all(opened.map((bus) => bus.close()));
    },
  };
});

it('works with a topic that somebody else has made with fewer partitions, and says so', async () => {
  const prefix = `t-${randomUUID()}-`;
  const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
  await admin.connect();
  await admin.createTopics({ topics: [{ topic: `${prefix}OrderEvents`, numPartitions: 1 }] });
  await admin.disconnect();
  const warnings: { topic?: string }[] = [];
  const destination = { write: (line: string) => void warnings.push(JSON.parse(line)) };
  const logger = createLogger({ name: 'test', level: 'warn', destination });

  const bus = createKafkaBus({ brokers, clientId: 'test', logger, prefix });
  await bus.connect();
  await bus.publish(stockReserved('order-anywhere'));
  await bus.close();

  const topic = `${prefix}OrderEvents`;
  // KafkaJS warns of what it tries again.
  const ours = warnings.filter((warning) => warning.topic !== undefined);
  expect(ours).toMatchObject([{ topic, partitions: 1, wanted: 6, msg: 'a topic is not of our making' }]);
});

describe('two instances of a service on six partitions', () => {
  const openTwoInstances = useTwoInstances();
  let ownBroker: KafkaBroker | undefined;
  afterEach(async () => {
    await ownBroker?.stop();
    ownBroker = undefined;
  });

  it('lose nothing and keep the order of each key while the brokers are away', async () => {
    const { first, second, publishing, someHandled, expectAllInOrder } = await openTwoInstances(brokers);
    await someHandled();
    for (const { sockets } of [first, second]) sockets.cut();
    await delay(3_000);
    for (const { sockets } of [first, second]) sockets.heal();
    await publishing;
    await expectAllInOrder();
  });

  it('go on with one when the other is gone in the middle of a batch', async () => {
    const { second, publishing, someHandled, expectAllInOrder } = await openTwoInstances(brokers);
    await someHandled();
    second.sockets.cut();
    await publishing;
    await expectAllInOrder();
    second.sockets.heal();
  });

  // Somebody else's broker is not ours to kill.
  const itWithOwnBroker = canStartKafkaBroker() ? it : it.skip;
  itWithOwnBroker('lose nothing and keep the order of each key when the broker is killed', async () => {
    ownBroker = await startKafkaBroker();
    const { publishing, someHandled, expectAllInOrder } = await openTwoInstances([ownBroker.address]);
    await someHandled();
    await ownBroker.kill();
    await ownBroker.restart();
    await publishing;
    await expectAllInOrder();
  });
});
