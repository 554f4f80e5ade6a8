import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer, type Socket } from 'node:net';
import { topics } from '@shop/contracts';
import {
  createKafkaBus,
  createKafkaDeadLetters,
  type KafkaBus,
  type KafkaDeadLettersOptions,
  type WireEvent,
} from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { Kafka, logLevel } from 'kafkajs';
import { deadLettersContract } from './dead-letters.contract.ts';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

const brokers = (process.env['KAFKA_BROKERS'] ?? '').split(',');
const letterTopic = 'OrderEvents.dead-letter';

const admin = new Kafka({ brokers, logLevel: logLevel.NOTHING }).admin();
beforeAll(() => admin.connect());
afterAll(() => admin.disconnect());

/** Made anew for each test: a shop of its own, whose topics are empty. */
let prefix: string;
let bus: KafkaBus;
beforeEach(async () => {
  prefix = `t-${randomUUID()}-`;
  bus = createKafkaBus({ brokers, clientId: 'test', logger: silent, prefix });
  await bus.connect();
  // Until the leader of each partition is at work, a batch may be stored twice.
  const names = topics.flatMap((topic) => [topic, `${topic}.dead-letter`]);
  await waitFor(() =>
    Promise.all(names.map(held)).then(
      () => true,
      () => false,
    ),
  );
});
afterEach(() => bus.close());

const deadLetters = (options: Partial<KafkaDeadLettersOptions> = {}) =>
  createKafkaDeadLetters({ brokers, clientId: 'test', logger: silent, prefix, ...options });

const add = (events: readonly WireEvent[]) =>
  Promise.all(events.map((event) => bus.deadLetter('orders', event, 'Error: no')));

const eventsOf = (count: number) => orderNumbers(count).map((key) => stockReserved(key));

/** How many messages a topic holds. */
async function held(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(`${prefix}${topic}`);
  return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}

deadLettersContract('those on Kafka', async () => ({ bus, open: deadLetters, close: async () => {} }));

describe('the list', () => {
  it('has the letters of all topics, and leaves no group behind', async () => {
    await add(topics.map((topic) => ({ ...stockReserved('order-lost'), topic })));
    const { letters } = await deadLetters().list();
    expect(letters.map(({ event }) => event.topic).sort()).toEqual([...topics].sort());
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(prefix))).toEqual([]);
  });

  it('has an event that brings headers of our names', async () => {
    const event = stockReserved('order-sly');
    await add([{ ...event, headers: { ...event.headers, dead_letter_done: 'OrderEvents/0/0' } }]);
    expect((await deadLetters().list()).letters).toMatchObject([{ event }]);
  });

  it('says that there are no such topics, and makes none', async () => {
    const list = deadLetters({ prefix: `${prefix}nowhere-` }).list();
    await expect(list).rejects.toThrow(`this Kafka has no topic ${prefix}nowhere-`);
    expect((await admin.listTopics()).filter((name) => name.includes('nowhere'))).toEqual([]);
  });

  it('gives up at once when nothing listens', async () => {
    const list = deadLetters({ brokers: ['127.0.0.1:1'] }).list();
    await expect(list).rejects.toThrow(/^Kafka does not answer at 127.0.0.1:1: .*ECONNREFUSED/);
  });

  it('gives up after its time limit when a broker is silent', async () => {
    const connections: Socket[] = [];
    const mute = createServer((socket) => connections.push(socket));
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const list = deadLetters({ brokers: [`127.0.0.1:${port}`], limitMs: 300 }).list();
    await expect(list).rejects.toThrow(`Kafka does not answer at 127.0.0.1:${port}: nothing for 0.3 s`);
    for (const connection of connections) connection.destroy();
    mute.close();
  });
});

describe('a redrive', () => {
  it('sends each event once, as it was, and deletes the letters', async () => {
    const events = eventsOf(150);
    await add(events);
    expect(await deadLetters().redrive()).toEqual({ count: 150, refused: [], passedOver: [] });
    expect(await held('OrderEvents')).toBe(150);
    // The marks are left, and go with the next letters.
    expect(await held(letterTopic)).toBe(150);
    await add([stockReserved('order-next')]);
    const [next] = (await deadLetters().list()).letters;
    await deadLetters().discard([next?.id ?? '']);
    expect(await held(letterTopic)).toBeLessThan(150);

    const handled: WireEvent[] = [];
    await bus.subscribe('orders', 'OrderEvents', async (wire) => {
      handled.push(wire);
    });
    await waitFor(() => handled.length >= 150);
    const found = handled.find(({ key }) => key === events[7]?.key);
    expect(found).toMatchObject(events[7] ?? {});
    expect(found?.headers).toEqual(events[7]?.headers);
  });

  it.each([
    ['events', 'ce_specversion', 0],
    ['marks', 'dead_letter_done', 30],
  ])('that is cut off as it writes its %s loses nothing', async (_what, bytes, sent) => {
    await add(eventsOf(30));
    const before = await deadLetters().list();

    const cut = deadLetters({ socketFactory: breakingAt(bytes) }).redrive();
    await expect(cut).rejects.toThrow(/closed connection|cut/i);
    expect(await held('OrderEvents')).toBe(sent);
    expect(await deadLetters().list()).toEqual(before);

    expect(await deadLetters().redrive()).toEqual({ count: 30, refused: [], passedOver: [] });
    expect(await held('OrderEvents')).toBe(sent + 30);
    expect((await deadLetters().list()).total).toBe(0);
  });

  it('refuses a letter that holds no message, says where that is, and redrives the others', async () => {
    const tooLarge = {
      ...stockReserved('order-large'),
      value: Buffer.alloc(0),
      position: 'OrderEvents/3/17',
    };
    await add([tooLarge, stockReserved('order-small')]);
    const { letters } = await deadLetters().list();
    const letter = letters.find(({ event }) => event.key === 'order-large');
    expect(letter).toMatchObject({ messageAt: 'OrderEvents/3/17' });
    const id = letter?.id ?? '';

    const why = 'it holds no message, which was empty or too large to be copied: see OrderEvents/3/17';
    expect(await deadLetters().redrive()).toEqual({ count: 1, refused: [], passedOver: [{ id, why }] });
    expect(await held('OrderEvents')).toBe(1);
    expect((await deadLetters().list()).letters).toEqual([letter]);
    expect(await deadLetters().discard([id])).toEqual({ count: 1, refused: [], passedOver: [] });
    expect((await deadLetters().list()).total).toBe(0);
  });
});

/** Connections that break whenever these bytes are about to be sent. */
function breakingAt(bytes: string): NonNullable<KafkaDeadLettersOptions['socketFactory']> {
  return ({ host, port, onConnect }) => {
    const socket = connect({ host, port }, onConnect);
    const write = socket.write.bind(socket) as (...args: unknown[]) => boolean;
    socket.write = (data: unknown, ...rest: unknown[]) => {
      if (!(data as Buffer).includes(bytes)) return write(data, ...rest);
      socket.destroy(new Error('cut'));
      return false;
    };
    return socket;
  };
}
