import { setTimeout as delay, setImmediate as turn } from 'node:timers/promises';
import type { ShopEvent, Topic } from '@shop/contracts';
import {
  createEvent,
  type EventBus,
  encodeEvent,
  PermanentError,
  type SubscriberOptions,
  subscribe,
  type WireEvent,
} from '@shop/messaging';
import { currentTrace, withTrace } from '@shop/service-kit';
import { waitFor } from '@shop/testing';
import { silent } from './support/silent-logger.ts';
import { orderNumbers, stockReserved } from './support/stock-events.ts';

export interface BusUnderTest {
  readonly bus: EventBus;
  /** The same bus as another process sees it; an adapter that is one process gives `bus` again. */
  newInstance(): Promise<EventBus>;
  deadLetters(): Promise<readonly { group: string; event: WireEvent; reason: string }[]>;
  /** What a message that cannot be handled holds back besides itself. */
  readonly holds: 'key' | 'partition';
  /** Closes every instance. */
  close(): Promise<void>;
}

/** Makes an empty bus whose topics are seen by these groups. */
export type MakeBus = (groups: Readonly<Record<Topic, readonly string[]>>) => Promise<BusUnderTest>;

const topic = 'OrderEvents';
const quick = { logger: silent, topic, firstRetryMs: 2, lastRetryMs: 10 } as const;

/** What every {@link EventBus} promises to {@link subscribe}, whatever carries the messages. */
export function eventBusContract(name: string, makeBus: MakeBus): void {
  describe(`${name} keeps the contract of an event bus`, () => {
    let made: BusUnderTest;
    let over: AbortController;
    let publishing: Promise<void>[];

    const open = async (...groups: string[]) => {
      made = await makeBus({ CatalogEvents: [], OrderEvents: groups, PaymentEvents: [], ProductEvents: [] });
      over = new AbortController();
      publishing = [];
      return made.bus;
    };
    afterEach(async () => {
      over.abort();
      await made.close();
      await Promise.all(publishing);
    });

    /** Publishes in order, each until the bus has taken it, as a relay does; the test goes on meanwhile. */
    const publish = (...events: readonly WireEvent[]) => {
      const work = async () => {
        for (const event of events) await untilTaken(made.bus, event, over.signal);
      };
      publishing.push(work());
    };
    const join = (
      bus: EventBus,
      group: string,
      handle: SubscriberOptions['handle'],
      options: Partial<SubscriberOptions> = {},
    ) => subscribe({ ...quick, bus, group, handle, ...options });
    const deadLetters = () => made.deadLetters();

    it('hands each message to each group', async () => {
      const bus = await open('one', 'two');
      const [one, two] = [createRecord(), createRecord()];
      await join(bus, 'one', one.handle);
      await join(bus, 'two', two.handle);

      const keys = orderNumbers(20);
      publish(...keys.map((key) => stockReserved(key)));

      for (const { handled } of [one, two]) {
        await waitFor(() => new Set(handled.map(({ key }) => key)).size === keys.length);
      }
    });

    it('keeps what is published before anybody has subscribed', async () => {
      const bus = await open('late');
      publish(stockReserved('order-early', 0), stockReserved('order-early', 1));
      await turn();
      const late = createRecord();
      await join(bus, 'late', late.handle);

      await waitFor(() => late.ids().length >= 2);
      expect(firsts(late.ids())).toEqual(['order-early:0', 'order-early:1']);
    });

    it('keeps the order of each key, with many keys at once and attempts that fail', async () => {
      const bus = await open('orders');
      const record = createRecord();
      let attempts = 0;
      await join(bus, 'orders', async (event) => {
        for (let rest = ++attempts % 4; rest > 0; rest--) await turn();
        if (attempts % 7 === 0) throw new Error('tried again later');
        await record.handle(event);
      });

      const keys = orderNumbers(12);
      for (const key of keys) publish(...Array.from({ length: 10 }, (_, n) => stockReserved(key, n)));

      await waitFor(() => firsts(record.ids()).length === 120);
      for (const key of keys) {
        expect(firsts(record.ids()).filter((id) => id.startsWith(`${key}:`))).toEqual(
          Array.from({ length: 10 }, (_, n) => `${key}:${n}`),
        );
      }
      expect(await deadLetters()).toEqual([]);
    });

    it('handles different keys side by side, as many as it may', async () => {
      const bus = await open('orders');
      const keys = orderNumbers(40);
      for (const key of keys) publish(stockReserved(key));
      // So that they come together; a bus within the process takes them only when they are handled.
      if (made.holds === 'partition') await Promise.all(publishing);
      let begun = 0;
      const record = createRecord();
      const handle = async (event: ShopEvent) => {
        begun++;
        // More than there are partitions.
        await waitFor(() => begun >= 20);
        await record.handle(event);
      };
      await join(bus, 'orders', handle, { concurrency: keys.length });

      await waitFor(() => firsts(record.ids()).length === keys.length);
    });

    it('holds back what follows a message that cannot be handled yet, and lets others pass', async () => {
      const bus = await open('orders');
      const record = createRecord();
      let stuck = true;
      await join(bus, 'orders', async (event) => {
        if (stuck && event.id === 'order-stuck:0') throw new Error('not yet');
        await record.handle(event);
      });

      publish(stockReserved('order-stuck', 0), stockReserved('order-stuck', 1));
      const others = orderNumbers(30);
      for (const key of others) publish(stockReserved(key));

      const wanted = made.holds === 'key' ? others.length : 1;
      await waitFor(() => firsts(record.ids()).length >= wanted);
      expect(record.ids().some((id) => id.startsWith('order-stuck'))).toBe(false);
      stuck = false;
      await waitFor(() => firsts(record.ids()).length === others.length + 2);
      expect(firsts(record.ids()).filter((id) => id.startsWith('order-stuck'))).toEqual([
        'order-stuck:0',
        'order-stuck:1',
      ]);
    });

    it.each([
      ['breaks its contract', '{"orderNumber":1}', 'STOCK_RESERVED does not fit its schema'],
      ['cannot be parsed', '{"orderNumber":', 'the data is not JSON'],
      ['is empty', '', 'the data is not JSON'],
      [
        'is no text',
        Buffer.from('{"orderNumber":"order-broken","by":"caf\xe9"}', 'latin1'),
        'the data is not valid UTF-8',
      ],
    ])('puts a message that %s aside, and goes on with its key', async (_what, data, reason) => {
      const bus = await open('orders');
      const record = createRecord();
      await join(bus, 'orders', record.handle);

      const broken = { ...stockReserved('order-broken', 0), value: Buffer.from(data as string) };
      publish(broken, stockReserved('order-broken', 1));

      await waitFor(() => record.ids().includes('order-broken:1'));
      expect(record.ids()).not.toContain('order-broken:0');
      const [letter, ...more] = await deadLetters();
      expect(more).toEqual([]);
      expect(letter).toMatchObject({ group: 'orders', event: broken });
      expect(letter?.reason).toMatch(`InvalidEventError: ${reason}`);
    });

    it('gives a reason of bearable length', async () => {
      const bus = await open('orders');
      await join(bus, 'orders', async () => {
        throw new PermanentError('x'.repeat(100_000));
      });
      publish(stockReserved('order-wordy'));

      await waitFor(async () => (await deadLetters()).length > 0);
      const [letter] = await deadLetters();
      expect(letter?.reason).toHaveLength(1_000);
    });

    it('dead-letters a message at once when its handler says that no retry helps', async () => {
      const bus = await open('orders');
      let attempts = 0;
      await join(bus, 'orders', async () => {
        attempts++;
        throw new PermanentError('never');
      });
      publish(stockReserved('order-hopeless'));

      await waitFor(async () => (await deadLetters()).length > 0);
      expect(attempts).toBe(1);
      expect((await deadLetters())[0]?.reason).toBe('PermanentError: never');
    });

    it.each(['22003', '23514'])('dead-letters at once what PostgreSQL refuses with %s', async (code) => {
      const bus = await open('orders');
      let attempts = 0;
      await join(bus, 'orders', async () => {
        attempts++;
        throw new Error('as an ORM wraps it', { cause: Object.assign(new Error('refused'), { code }) });
      });
      publish(stockReserved('order-refused'));

      await waitFor(async () => (await deadLetters()).length > 0);
      expect(attempts).toBe(1);
    });

    it('retries a handler with a bug, and dead-letters its message when others are handled', async () => {
      const bus = await open('orders');
      const record = createRecord();
      const giveUpAfterMs = 60;
      let firstTry: number | undefined;
      let attempts = 0;
      const handle = async (event: ShopEvent) => {
        if (event.id !== 'order-poison:0') return record.handle(event);
        attempts++;
        firstTry ??= performance.now();
        throw new TypeError("Cannot read properties of undefined (reading 'id')");
      };
      await join(bus, 'orders', handle, { giveUpAfterMs });

      publish(stockReserved('order-poison', 0), stockReserved('order-poison', 1));
      const goingOn = keepPublishing(publish, over.signal);

      await waitFor(async () => (await deadLetters()).length > 0);
      expect(performance.now() - (firstTry ?? 0)).toBeGreaterThanOrEqual(giveUpAfterMs);
      expect(attempts).toBeGreaterThan(2);
      await waitFor(() => record.ids().includes('order-poison:1'));
      expect(await deadLetters()).toMatchObject([
        { group: 'orders', event: { key: 'order-poison' }, reason: expect.stringMatching(/^TypeError: /) },
      ]);
      over.abort();
      await goingOn;
    });

    it('dead-letters what meets a bug even when nothing else is handled, as that may wait behind it', async () => {
      const bus = await open('orders');
      const handle = async () => {
        throw new TypeError("Cannot read properties of undefined (reading 'id')");
      };
      await join(bus, 'orders', handle, { giveUpBugAfterMs: 60 });

      const keys = orderNumbers(20);
      for (const key of keys) publish(stockReserved(key));
      const dead = async () => new Set((await deadLetters()).map(({ event }) => event.key));
      // Counted by their keys: a message may be delivered, and dead-lettered, twice.
      await waitFor(async () => (await dead()).size === keys.length);
    });

    it('dead-letters nothing while nothing can be handled, and loses nothing', async () => {
      const bus = await open('orders');
      const record = createRecord();
      const keys = orderNumbers(10, 'order-waiting');
      const failures = new Map<string, number>();
      let away = true;
      const handle = async (event: ShopEvent) => {
        // One more gets through just as the others begin to fail.
        if (!away || event.key === 'order-luckier') return record.handle(event);
        failures.set(event.key, (failures.get(event.key) ?? 0) + 1);
        throw new Error('connect ECONNREFUSED');
      };
      const giveUpAfterMs = 200;
      await join(bus, 'orders', handle, { giveUpAfterMs });

      for (const key of keys) publish(stockReserved(key));
      await waitFor(() => failures.size > 0);
      publish(stockReserved('order-luckier'));
      await waitFor(() => record.handled.length > 0 || made.holds === 'partition');
      const since = performance.now();
      const before = new Map(failures);
      const triedLongEnough = ([key, count]: [string, number]) => count >= (before.get(key) ?? 0) + 4;
      await waitFor(
        () => performance.now() - since > giveUpAfterMs * 2 && [...failures].every(triedLongEnough),
      );
      expect(await deadLetters()).toEqual([]);
      away = false;

      await waitFor(() => new Set(record.handled.map(({ key }) => key)).size === keys.length + 1);
      expect(await deadLetters()).toEqual([]);
    });

    it('hands what one instance could not finish to the next', async () => {
      const bus = await open('orders');
      let attempts = 0;
      const first = await join(bus, 'orders', async () => {
        attempts++;
        throw new Error('not here');
      });
      publish(stockReserved('order-moving', 0), stockReserved('order-moving', 1));
      await waitFor(() => attempts > 1);

      await first.close();
      const attemptsAtClose = attempts;
      const record = createRecord();
      await join(await made.newInstance(), 'orders', record.handle);

      await waitFor(() => firsts(record.ids()).length === 2);
      expect(firsts(record.ids())).toEqual(['order-moving:0', 'order-moving:1']);
      expect(attempts).toBe(attemptsAtClose);
      expect(await deadLetters()).toEqual([]);
    });

    it('goes on with the instances of a group that are left', async () => {
      const bus = await open('orders');
      const record = createRecord();
      const first = await join(bus, 'orders', record.handle);
      const second = await join(await made.newInstance(), 'orders', record.handle);
      const handled = (count: number) => waitFor(() => firsts(record.ids()).length === count);

      publish(...orderNumbers(10, 'order-both').map((key) => stockReserved(key)));
      await handled(10);
      await first.close();
      publish(...orderNumbers(10, 'order-left').map((key) => stockReserved(key)));
      await handled(20);
      const third = await join(await made.newInstance(), 'orders', record.handle);
      await second.close();
      publish(...orderNumbers(10, 'order-last').map((key) => stockReserved(key)));
      await handled(30);
      await third.close();
    });

    it('keeps nothing from the others when an instance leaves as soon as it has come', async () => {
      const bus = await open('orders');
      const record = createRecord();
      const brief = await join(bus, 'orders', record.handle);
      await join(await made.newInstance(), 'orders', record.handle);
      await brief.close();

      const keys = orderNumbers(30);
      publish(...keys.map((key) => stockReserved(key)));
      // Not only when a group gives up a member that has not been heard of.
      await waitFor(() => firsts(record.ids()).length === keys.length, { timeoutMs: 12_000 });
    });

    it('lets the message in hand finish before it leaves', async () => {
      const bus = await open('orders');
      const steps: string[] = [];
      let finish = () => {};
      const slow = new Promise<void>((resolve) => {
        finish = resolve;
      });
      const subscription = await join(bus, 'orders', async () => {
        steps.push('begun');
        await slow;
        steps.push('finished');
      });
      publish(stockReserved('order-slow'));
      await waitFor(() => steps.length === 1);

      const left = subscription.close().then(() => steps.push('left'));
      // Longer than a bus may keep its other messages waiting for this one.
      await delay(700);
      finish();
      await left;
      expect(steps).toEqual(['begun', 'finished', 'left']);
    });

    it.each(['subscription', 'bus'])('closes a %s without waiting for the next attempt', async (what) => {
      const bus = await open('orders');
      let attempts = 0;
      const handle = async () => {
        attempts++;
        throw new Error('not yet');
      };
      const anHour = 3_600_000;
      const subscription = await join(bus, 'orders', handle, { firstRetryMs: anHour, lastRetryMs: anHour });
      publish(stockReserved('order-patient'));
      await waitFor(() => attempts > 0);

      await (what === 'bus' ? bus.close() : subscription.close());

      expect(attempts).toBe(1);
      expect(await deadLetters()).toEqual([]);
    });

    it('carries the trace of whatever caused the event', async () => {
      const bus = await open('orders');
      const traceparent = `00-${'c'.repeat(32)}-${'d'.repeat(16)}-01`;
      let seen: unknown;
      await join(bus, 'orders', async (event) => {
        await turn();
        seen = { id: event.id, of: event.traceparent, trace: currentTrace() };
      });
      publish(withTrace({ requestId: 'r-1', traceparent }, () => stockReserved('order-traced', 4)));

      await waitFor(() => seen);
      expect(seen).toEqual({
        id: 'order-traced:4',
        of: traceparent,
        trace: { requestId: 'order-traced:4', traceparent },
      });
    });

    it('carries bytes: what the publisher does to its objects later changes nothing', async () => {
      const bus = await open('orders');
      const data = { orderNumber: 'order-as-said' };
      const event = createEvent({ source: 't', type: 'STOCK_RESERVED', key: data.orderNumber, data });
      publish(encodeEvent(event));
      data.orderNumber = 'order-changed';
      const record = createRecord();
      await join(bus, 'orders', record.handle);

      const [handled] = await waitFor(() => record.handled.length > 0 && record.handled);
      expect(handled?.data).toEqual({ orderNumber: 'order-as-said' });
      expect(handled?.data).not.toBe(data);
    });

    it('gives each group a copy of its own', async () => {
      const bus = await open('vandals', 'orders');
      const record = createRecord();
      await join(bus, 'vandals', async (event) => {
        Object.assign(event.data, { orderNumber: 'spoilt' });
      });
      await join(bus, 'orders', async (event) => {
        await delay(2);
        await record.handle(event);
      });
      publish(stockReserved('order-unspoilt'));

      const [handled] = await waitFor(() => record.handled.length > 0 && record.handled);
      expect(handled?.data).toEqual({ orderNumber: 'order-unspoilt' });
    });

    it('says whether it works', async () => {
      const bus = await open('orders');
      await expect(bus.check()).resolves.toBeUndefined();
      await bus.close();
      await expect(bus.check()).rejects.toThrow();
      await expect(bus.publish(stockReserved('order-too-late'))).rejects.toThrow();
      await expect(join(bus, 'orders', async () => {})).rejects.toThrow();
    });
  });
}

/** At least once: a bus may refuse, and whoever publishes asks again. */
async function untilTaken(bus: EventBus, event: WireEvent, over: AbortSignal): Promise<void> {
  while (!over.aborted) {
    try {
      return await bus.publish(event);
    } catch {
      await delay(5);
    }
  }
}

async function keepPublishing(publish: (event: WireEvent) => void, over: AbortSignal): Promise<void> {
  for (let n = 0; !over.aborted; n++) {
    publish(stockReserved(`order-healthy-${n}`));
    await delay(5);
  }
}

function createRecord() {
  const handled: ShopEvent[] = [];
  return {
    handled,
    ids: () => handled.map(({ id }) => id),
    handle: async (event: ShopEvent) => {
      handled.push(event);
    },
  };
}

/** Without the repeats that at-least-once allows. */
const firsts = (ids: readonly string[]) => [...new Set(ids)];
