import { createLogger } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import type { HistoryRecord } from '../src/db/order.repository.ts';
import { createOrderEnding } from '../src/domain/order-ending.ts';
import { createOrderStreams, type OrderStreams } from '../src/services/order-streams.service.ts';

const logger = createLogger({ name: 'test', level: 'silent' });
const entry = (id: number, orderId: number): HistoryRecord => ({
  id,
  orderId,
  status: 'processing',
  cause: 'payment-failed',
  details: null,
  eventId: null,
  createdAt: new Date(),
});

/** A history that answers when it is told to, and remembers what it was asked. */
function createHistory(entries: HistoryRecord[] = []) {
  const asked: ReadonlyMap<number, number>[] = [];
  let answering = Promise.resolve();
  return {
    entries,
    asked,
    hold: () => {
      let letGo = () => {};
      answering = new Promise((resolve) => {
        letGo = resolve;
      });
      return letGo;
    },
    historyAfter: async (positions: ReadonlyMap<number, number>, limit: number) => {
      asked.push(positions);
      const found = [...positions].flatMap(([orderId, entryId]) =>
        entries.filter((entry) => entry.orderId === orderId && entry.id > entryId).slice(0, limit),
      );
      await answering;
      return found;
    },
  };
}

let streams: OrderStreams | undefined;
afterEach(() => streams?.stop());

function start(history: ReturnType<typeof createHistory>, pollMs = 60_000) {
  const started = createOrderStreams(
    history,
    { streamPollMs: pollMs, maxStreams: 1_000, streamsPerAddress: 1_000, guestStreamsPerAddress: 100 },
    logger,
  );
  started.start();
  streams = started;
  const follow = (orderId: number, lastEntry = 0, userId = orderId) => {
    const told: (number | string)[] = [];
    started.follow({
      orderId,
      userId,
      address: '192.0.2.1',
      isGuest: false,
      lastEntry,
      ending: createOrderEnding([]),
      send: ({ id }) => told.push(id),
      end: (reason) => told.push(reason),
    });
    return told;
  };
  return { streams: started, follow };
}

it('asks the database once for all streams, and not at all while there are none', async () => {
  const history = createHistory();
  const { streams, follow } = start(history, 5);
  const letGo = history.hold();
  for (let order = 1; order <= 50; order++) {
    follow(order);
    follow(order, 7);
  }
  letGo();
  await waitFor(() => history.asked.length >= 4);
  const [first, ...rest] = history.asked;
  await streams.stop();

  expect(first?.size).toBe(50);
  for (const positions of rest) expect(positions).toEqual(first);
  const idle = createHistory();
  const busy = createHistory();
  const nobody = start(idle, 1).streams;
  const somebody = start(busy, 1);
  somebody.follow(1);
  await waitFor(() => busy.asked.length >= 5);
  await nobody.stop();
  expect(idle.asked).toEqual([]);
});

it('asks right after a nudge about an order that somebody follows, and only then', async () => {
  const history = createHistory();
  const { streams, follow } = start(history);
  const told = follow(1);
  await waitFor(() => history.asked.length === 1);

  streams.nudge(2);
  history.entries.push(entry(5, 1));
  streams.nudge(1);
  streams.nudge(1);
  await waitFor(() => told.length === 1);

  expect(told).toEqual([5]);
  expect(history.asked.length).toBeLessThanOrEqual(3);
});

it('tells who comes while it asks everything from the beginning', async () => {
  const history = createHistory([entry(1, 1), entry(2, 1), entry(3, 1)]);
  const { follow } = start(history);
  const letGo = history.hold();
  const early = follow(1, 2);
  await waitFor(() => history.asked.length === 1);
  const late = follow(1, 0);
  letGo();

  await waitFor(() => late.length === 3);

  expect([early, late]).toEqual([[3], [1, 2, 3]]);
});

it('tells a history that takes several queries in order, to each from where they are', async () => {
  const history = createHistory(Array.from({ length: 1_200 }, (_, index) => entry(index + 1, 1)));
  const { follow } = start(history);

  const [whole, half] = [follow(1), follow(1, 600)];
  await waitFor(() => whole.length === 1_200 && half.length === 600);

  expect(whole).toEqual(history.entries.map(({ id }) => id));
  expect(half).toEqual(whole.slice(600));
});

it('tells nobody who has left, and takes nobody once it is stopped', async () => {
  const history = createHistory([entry(1, 1)]);
  const { streams, follow } = start(history);
  const letGo = history.hold();
  const told = follow(1);
  const stopping = streams.stop();
  letGo();
  await stopping;

  expect(told).toEqual(['shutting-down']);
  expect(() => follow(2)).toThrow('No more live streams');
  expect(streams.count()).toBe(0);
});
