import { randomUUID } from 'node:crypto';
import { setTimeout as delay } from 'node:timers/promises';
import {
  createKafkaBus,
  createKafkaDeadLetters,
  type KafkaBus,
  type KafkaBusOptions,
  subscribe,
} from '@shop/messaging';
import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { canStartKafkaBroker, type KafkaBroker, startKafkaBroker } from '@shop/testing/engines';
import { ConfigResourceTypes, Kafka, logLevel, type Message } from 'kafkajs';
import { eventBusContract } from './event-bus.contract.ts';
import { createCuttableSockets } from './support/cuttable-sockets.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';
import { removeTopics } from './support/topics.ts';
import { useTwoInstances } from './support/two-instances.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');

const ownPrefix = `t-${randomUUID().slice(0, 8)}-`;
let prefixes = 0;
const newPrefix = () => `${ownPrefix}${prefixes++}-`;
afterAll(() => removeTopics(brokers, ownPrefix));

eventBusContract('the Kafka bus', async () => {
  const connection = { brokers, clientId: 'contract', logger: silent, prefix: newPrefix() };
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
    deadLetters: async () => (await createKafkaDeadLetters(connection).list()).letters,
    holds: 'partition',
    close: async () => {
      await Promise.all(opened.map((bus) => bus.close()));
      await removeTopics(brokers, connection.prefix);
    },
  };
});

const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

describe('a topic', () => {
  const prefix = newPrefix();
  const topic = `${prefix}OrderEvents`;

  it('of somebody else with fewer partitions is used, and spoken of', async () => {
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 1 }] });
    const warnings: { topic?: string }[] = [];
    const destination = { write: (line: string) => void warnings.push(JSON.parse(line)) };
    const logger = createLogger({ name: 'test', level: 'warn', destination });

    const bus = createKafkaBus({ brokers, clientId: 'test', logger, prefix });
    await bus.connect();
    await bus.publish(stockReserved('order-anywhere'));
    await bus.close();

    // KafkaJS warns of what it tries again.
    const ours = warnings.filter((warning) => warning.topic !== undefined);
    expect(ours).toMatchObject([{ topic, partitions: 1, wanted: 6, msg: 'a topic is not of our making' }]);
  });

  it.each([
    ['PaymentEvents', String(7 * 24 * 3_600_000)],
    ['PaymentEvents.dead-letter', '-1'],
  ])('%s keeps its messages for %s ms, as they were sent', async (name, retention) => {
    const type = ConfigResourceTypes.TOPIC;
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type, name: `${prefix}${name}` }],
    });
    const entries = resources[0]?.configEntries ?? [];
    const settingOf = (setting: string) =>
      entries.find(({ configName }) => configName === setting)?.configValue;
    expect(settingOf('retention.ms')).toBe(retention);
    expect(settingOf('compression.type')).toBe('uncompressed');
    // A sender whose clock is an hour ahead would be refused otherwise.
    expect(settingOf('message.timestamp.type')).toBe('LogAppendTime');
  });

  it('has the copies that it is told to have', async () => {
    const own = newPrefix();
    const copies = { replicationFactor: 1, minInsyncReplicas: 1 };
    const bus = createKafkaBus({ brokers, clientId: 'test', logger: silent, prefix: own, ...copies });
    await bus.connect();
    await bus.close();
    const { resources } = await admin.describeConfigs({
      includeSynonyms: false,
      resources: [{ type: ConfigResourceTypes.TOPIC, name: `${own}OrderEvents` }],
    });
    const entry = resources[0]?.configEntries.find(({ configName }) => configName === 'min.insync.replicas');
    // Its own, not the broker's.
    expect(entry).toMatchObject({ configValue: '1', isDefault: false });
  });
});

describe('a message of somebody else', () => {
  /** What no code of ours sends, and the dead letter that becomes of it. */
  async function letterOf(message: Message) {
    const connection = { brokers, clientId: 'test', logger: silent, prefix: newPrefix() };
    const bus = createKafkaBus(connection);
    await bus.connect();
    const handled: string[] = [];
    const handle = async ({ id }: { id: string }) => void handled.push(id);
    await subscribe({ bus, group: 'orders', topic: 'OrderEvents', handle, logger: silent });
    const producer = new Kafka({ brokers, logLevel: logLevel.NOTHING }).producer();
    await producer.connect();
    await producer.send({
      topic: `${connection.prefix}OrderEvents`,
      messages: [{ ...message, partition: 2 }],
    });
    await producer.disconnect();
    const { list } = createKafkaDeadLetters(connection);
    const [letter] = await waitFor(async () => {
      const { letters } = await list();
      return letters.length > 0 && letters;
    });
    const keys = orderNumbers(20);
    await Promise.all(keys.map((key) => bus.publish(stockReserved(key))));
    await waitFor(() => handled.length === keys.length, { what: 'the others to be handled' });
    await bus.close();
    return letter;
  }

  it('without key, value and headers is put aside', async () => {
    expect(await letterOf({ key: null, value: null })).toMatchObject({
      group: 'orders',
      reason: expect.stringMatching(/^InvalidEventError/),
      messageAt: 'OrderEvents/2/0',
      event: { key: '', headers: {} },
    });
  });

  it('that is too large to be put aside with a reason leaves word of where it is', async () => {
    const largest = Buffer.alloc(1_048_450, 'x');
    expect(await letterOf({ key: 'order-large', value: largest })).toMatchObject({
      reason: expect.stringMatching(/^InvalidEventError/),
      messageAt: 'OrderEvents/2/0',
      event: { key: 'order-large', value: Buffer.alloc(0) },
    });
  });
});

describe('a consumer', () => {
  const sockets = createCuttableSockets();
  let bus: KafkaBus;
  let failure: Error | undefined;
  const connection = () => ({ brokers, clientId: 'test', logger: silent, prefix: newPrefix() });
  const consume = async (options: KafkaBusOptions, handle: () => Promise<void> = async () => {}) => {
    const onCrash = (error: Error) => {
      failure = error;
    };
    bus = createKafkaBus({ ...options, onCrash });
    await bus.connect();
    await subscribe({ bus, group: 'orders', topic: 'OrderEvents', handle, logger: silent });
  };
  afterEach(async () => {
    sockets.heal();
    failure = undefined;
    await bus.close();
  });

  it('that is silent makes the bus unfit within ten seconds, until it is not any more', async () => {
    const { socketFactory } = sockets;
    await consume({ ...connection(), socketFactory });
    await bus.check();
    sockets.cut();
    await waitFor(
      () =>
        bus.check().then(
          () => false,
          (error) => /has been silent/.test(error.message),
        ),
      { timeoutMs: 10_000 },
    );
    sockets.heal();
    await waitFor(() => bus.check().then(() => true));
    expect(failure).toBeUndefined();
  });

  it('that meets what it will never be able to read says so for good', async () => {
    const options = connection();
    const topic = `${options.prefix}OrderEvents`;
    // KafkaJS has no snappy.
    const configEntries = [{ name: 'compression.type', value: 'snappy' }];
    await admin.createTopics({ waitForLeaders: false, topics: [{ topic, numPartitions: 6, configEntries }] });
    await consume(options);
    await bus.publish(stockReserved('order-pressed'));
    await waitFor(() => failure);
    expect(failure?.message).toMatch(/snappy/i);
    await expect(bus.check()).rejects.toThrow(/snappy/i);
  });

  it('stays in its group while a handler takes longer than a session', async () => {
    let begun = 0;
    let finished = false;
    // The shortest session that brokers allow.
    await consume({ ...connection(), sessionMs: 6_000 }, async () => {
      begun++;
      await delay(8_000);
      finished = true;
    });
    await bus.publish(stockReserved('order-slow'));
    await waitFor(() => finished);
    await bus.publish(stockReserved('order-next'));
    await waitFor(() => begun === 2);
  });
});

describe('a producer', () => {
  it('that no broker answers makes the bus unfit, until one does', async () => {
    const sockets = createCuttableSockets();
    const { socketFactory } = sockets;
    const bus = createKafkaBus({
      brokers,
      clientId: 'test',
      logger: silent,
      prefix: newPrefix(),
      socketFactory,
    });
    await bus.connect();
    await bus.publish(stockReserved('order-before'));
    await bus.check();
    sockets.cut();
    await expect(bus.publish(stockReserved('order-lost'))).rejects.toThrow();
    await expect(bus.check()).rejects.toThrow();
    sockets.heal();
    await bus.publish(stockReserved('order-after'));
    await bus.check();
    await bus.close();
  }, 60_000);
});

describe('two instances of a service on six partitions', () => {
  const openTwoInstances = useTwoInstances(newPrefix);
  let ownBroker: KafkaBroker | undefined;
  afterEach(async () => {
    await ownBroker?.stop();
    ownBroker = undefined;
  });

  it('lose nothing and keep the order of each key while the brokers are away', async () => {
    const { first, second, publishing, someHandled, someRefused, expectAllInOrder } =
      await openTwoInstances(brokers);
    await someHandled();
    for (const { sockets } of [first, second]) sockets.cut();
    await someRefused();
    for (const { sockets } of [first, second]) sockets.heal();
    await publishing;
    await expectAllInOrder();
  });

  it('go on with one when the other is gone in the middle of a batch', async () => {
    const { second, publishing, someHandled, expectAllInOrder } = await openTwoInstances(brokers);
    await someHandled();
    second.die();
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
