import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import { createKafkaBus, createKafkaDeadLetters, type KafkaBus } from '@shop/messaging';
import { canStartKafkaBroker, type KafkaBroker, startKafkaBroker } from '@shop/testing/engines';
import { eventBusContract } from './event-bus.contract.ts';
import { silent } from './support/silent-logger.ts';
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
