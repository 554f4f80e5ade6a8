import { randomUUID } from 'node:crypto';
import { once } from 'node:events';
import { type AddressInfo, connect, createServer } from 'node:net';
import { topics } from '@shop/contracts';
import {
  createKafkaBus,
  createKafkaDeadLetters,
  type KafkaBus,
  type KafkaDeadLettersOptions,
  PermanentError,
  subscribe,
  type WireEvent,
} from '@shop/messaging';
import { waitFor } from '@shop/testing';
import { Kafka, logLevel } from 'kafkajs';
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
});
afterEach(() => bus.close());

const deadLetters = (options: Partial<KafkaDeadLettersOptions> = {}) =>
  createKafkaDeadLetters({ brokers, clientId: 'test', logger: silent, prefix, ...options });

const putAside = (events: readonly WireEvent[], reason = 'Error: no') =>
  Promise.all(events.map((event) => bus.deadLetter('orders', event, reason)));

const eventsOf = (count: number) => orderNumbers(count).map((key) => stockReserved(key));

/** How many messages a topic holds. */
async function held(topic: string): Promise<number> {
  const offsets = await admin.fetchTopicOffsets(`${prefix}${topic}`);
  return offsets.reduce((sum, { low, high }) => sum + Number(high) - Number(low), 0);
}

describe('the list', () => {
  it('has the letters of all topics, for several operators at once, and leaves no group behind', async () => {
    const letters = topics.map((topic) => ({ ...stockReserved('order-lost'), topic }));
    await putAside(letters);

    const lists = await Promise.all([1, 2, 3].map(() => deadLetters({ limitMs: 10_000 }).list()));
    for (const list of lists) expect(list.map(({ event }) => event.topic).sort()).toEqual([...topics].sort());
    const { groups } = await admin.listGroups();
    expect(groups.filter(({ groupId }) => groupId.startsWith(prefix) || groupId === 'never-joined')).toEqual(
      [],
    );
  });

  it('has an event once per group, with its latest reason and how often it was put aside', async () => {
    const event = stockReserved('order-lost');
    await putAside([event], 'Error: first');
    await bus.deadLetter('others', event, 'Error: elsewhere');
    await putAside([stockReserved('order-lost', 1)], 'Error: another event');
    await putAside([event], 'Error: latest');

    const list = await deadLetters().list();
    expect(list).toMatchObject([
      { group: 'orders', reason: 'Error: latest', times: 2, event },
      { group: 'others', reason: 'Error: elsewhere', times: 1, event },
      { group: 'orders', reason: 'Error: another event', times: 1 },
    ]);
    expect(list[0]?.id).toMatch(/^OrderEvents\/\d\/0$/);
  });

  it('shows the oldest hundred, and says how many there are', async () => {
    const early = eventsOf(120);
    for (const event of early.slice(0, 3)) await putAside([event]);
    await putAside(early);

    const { total, letters } = await deadLetters().overview();
    expect(total).toBe(120);
    expect(letters).toHaveLength(100);
    expect(letters.slice(0, 3).map(({ event }) => event.key)).toEqual(orderNumbers(3));
  });

  it('has an event that brings a header of our name', async () => {
    const event = stockReserved('order-sly');
    await putAside([{ ...event, headers: { ...event.headers, dead_letter_redriven: 'yes' } }]);
    expect(await deadLetters().list()).toMatchObject([{ event: { key: 'order-sly' } }]);
  });

  it('says that there are no such topics, and makes none', async () => {
    const list = deadLetters({ prefix: `${prefix}nowhere-` }).list();
    await expect(list).rejects.toThrow(`this Kafka has no topic ${prefix}nowhere-CatalogEvents.dead-letter`);
    expect((await admin.listTopics()).filter((name) => name.includes('nowhere'))).toEqual([]);
  });

  it('gives up when nobody answers', async () => {
    const mute = createServer();
    mute.listen(0, '127.0.0.1');
    await once(mute, 'listening');
    const { port } = mute.address() as AddressInfo;
    const list = deadLetters({ brokers: [`127.0.0.1:${port}`], limitMs: 300 }).list();
    await expect(list).rejects.toThrow('connecting to Kafka has taken longer than 0.3 s');
    mute.close();
  });
});

describe('a redrive', () => {
  it('of all sends each event once, and takes it off the list and the topic', async () => {
    const events = eventsOf(150);
    await putAside(events);
    await putAside(events);

    expect(await deadLetters().redrive()).toEqual({ count: 150, refused: [] });
    expect(await held('OrderEvents')).toBe(150);
    expect(await deadLetters().overview()).toEqual({ total: 0, letters: [] });
    // What is left of the letters: how often they failed.
    expect(await held(letterTopic)).toBe(150);
    expect(await deadLetters().redrive()).toEqual({ count: 0, refused: [] });
    expect(await held('OrderEvents')).toBe(150);
  });

  it('sends an event as it was', async () => {
    const event = stockReserved('order-lost');
    await putAside([event]);
    await deadLetters().redrive();
    const handled: WireEvent[] = [];
    await bus.subscribe('orders', 'OrderEvents', async (wire) => {
      handled.push(wire);
    });
    await waitFor(() => handled.length > 0);
    const { topic, key, headers, value } = handled[0] as WireEvent;
    expect({ topic, key, headers, value }).toEqual(event);
  });

  it('of what fails again, at once, brings each event back once, however often', async () => {
    const handle = async () => {
      throw new PermanentError('never');
    };
    await subscribe({ bus, group: 'orders', topic: 'OrderEvents', handle, logger: silent });
    const keys = orderNumbers(20);
    await Promise.all(keys.map((key) => bus.publish(stockReserved(key))));
    // More than once, some of them: not every partition of a new topic has its leader at work yet.
    const published = await held('OrderEvents');

    const timesBefore = new Map<string, number>();
    for (let round = 1; round <= 4; round++) {
      // At least once more: a group that forms may be given a message twice.
      const letters = await waitFor(async () => {
        const list = await deadLetters().list();
        const isBack = list.every(({ event, times }) => times > (timesBefore.get(event.key) ?? 0));
        return list.length === keys.length && isBack && list;
      });
      for (const { event, times } of letters) timesBefore.set(event.key, times);
      expect([...timesBefore.keys()].sort()).toEqual([...keys].sort());
      expect(await held('OrderEvents')).toBe(published + keys.length * (round - 1));
      expect(await deadLetters().redrive()).toEqual({ count: keys.length, refused: [] });
    }
  });

  it('of some leaves the others, and refuses what is not there', async () => {
    await putAside([0, 1, 2].map((n) => stockReserved('order-lost', n)));
    const [first, second, third] = await deadLetters().list();

    const redriven = await deadLetters().redrive([second?.id ?? '', 'OrderEvents/9/9']);
    const why = 'there is no such dead letter, or it is done with';
    expect(redriven).toEqual({ count: 1, refused: [{ id: 'OrderEvents/9/9', why }] });
    expect(await deadLetters().list()).toEqual([first, third]);
    expect(await held('OrderEvents')).toBe(1);
    expect(await deadLetters().redrive([second?.id ?? ''])).toMatchObject({ count: 0, refused: [{ why }] });
  });

  it.each([
    ['events', 'ce_specversion', 0],
    ['marks', 'dead_letter_redriven', 30],
  ])('that breaks off as it writes its %s loses nothing', async (_what, bytes, sentBefore) => {
    await putAside(eventsOf(30));
    const before = await deadLetters().list();

    const cut = deadLetters({ socketFactory: breakingAt(bytes) }).redrive();
    await expect(cut).rejects.toThrow(/closed connection|cut/i);
    const sent = await held('OrderEvents');
    // Marks are written partition by partition.
    expect(sent).toBeLessThanOrEqual(sentBefore);
    expect(sent > 0).toBe(sentBefore > 0);
    expect(await deadLetters().list()).toEqual(before);

    expect(await deadLetters().redrive()).toEqual({ count: 30, refused: [] });
    expect(await held('OrderEvents')).toBe(sent + 30);
    expect(await deadLetters().list()).toEqual([]);
  });

  it('refuses a letter that holds no message, says where that is, and redrives the others', async () => {
    const tooLarge = {
      ...stockReserved('order-large'),
      value: Buffer.alloc(0),
      position: 'OrderEvents/3/17',
    };
    await putAside([tooLarge, stockReserved('order-small')]);
    const letter = (await deadLetters().list()).find(({ event }) => event.key === 'order-large');
    expect(letter).toMatchObject({ messageAt: 'OrderEvents/3/17' });

    expect(await deadLetters().redrive()).toEqual({
      count: 1,
      refused: [
        {
          id: letter?.id,
          why: 'it holds no message, which was empty or too large to be copied: see OrderEvents/3/17',
        },
      ],
    });
    expect(await held('OrderEvents')).toBe(1);
    expect(await deadLetters().list()).toEqual([letter]);
  });
});

it('discards a letter without sending it', async () => {
  await putAside([0, 1].map((n) => stockReserved('order-lost', n)));
  const [first, second] = await deadLetters().list();
  expect(await deadLetters().discard([second?.id ?? ''])).toEqual({ count: 1, refused: [] });
  expect(await deadLetters().list()).toEqual([first]);
  expect(await held('OrderEvents')).toBe(0);
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
